#!/usr/bin/env bash
# What keeping history costs and how fast it is asked, beside VictoriaMetrics and Prometheus, fed the same samples in the
# same run: tests/bench/history_bench.sh BUILD. See README.md.
set -euo pipefail
build=${1:?the build directory is missing}
export PEERS=${PEERS:-/usr/bin}
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

rounds=3 in_a_row=7 # of queries
connections=8 # of a sender of remote write, which waits for each answer
most_kb=12000000 # of address space, each program
asked=(syspulse victoria prometheus)
servers=(syspulse written victoria prometheus)
declare -A title=([syspulse]=SysPulse [written]="SysPulse, written" [victoria]=VictoriaMetrics [prometheus]=Prometheus)
declare -A pid gateway http grpc cpu

need_program "$build/bin/syspulsed" "services/up --build builds it"
need_program "$build/bin/syspulse-gateway" "services/up --build builds it"
need_program "$build/tests/history_ask" "ninja -C $build benches builds it"
need_program "$build/tests/history_load" "it needs libsnappy-dev, and cmake once more"
need_program "$PEERS/victoria-metrics" "tests/run --bench fetches it, or: apt-get install victoria-metrics"
need_program "$PEERS/prometheus" "tests/run --bench fetches it, or: apt-get install prometheus"
command -v curl >/dev/null || fail "curl is missing: apt-get install curl"
ulimit -v "$most_kb"

# free_port: sets $port to one that nothing listens on, another one each time.
port=$((20000 + RANDOM % 10000))
free_port() {
  while ((++port)); (exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null; do :; done
}

# answers URL: waits until it does, 60 s at most.
answers() {
  local try
  for ((try = 0; try < 6000; try++)); do
    curl -sf -o /dev/null --max-time 5 "$1" && return
    sleep 0.01
  done
  fail "$1 does not answer: $(tail -n 3 "$directory"/*.log)"
}

# start_server NAME: on the data it has. Its ports stay the same over a restart.
start_server() {
  [ -n "${http[$1]-}" ] || { free_port; http[$1]=127.0.0.1:$port; }
  case $1 in
    syspulse | written)
      [ -n "${grpc[$1]-}" ] || { free_port; grpc[$1]=127.0.0.1:$port; }
      start "$1" "$build/bin/syspulsed" --grpc-listen="${grpc[$1]}" --exporter-listen= --data-dir="$directory/$1"
      ;;
    victoria)
      start "$1" "$PEERS/victoria-metrics" -storageDataPath="$directory/$1" -httpListenAddr="${http[$1]}" -search.disableCache
      ;;
    prometheus)
      start "$1" "$PEERS/prometheus" --config.file=/dev/null --storage.tsdb.path="$directory/$1" \
        --web.enable-remote-write-receiver --web.enable-admin-api --web.listen-address="${http[$1]}"
      ;;
  esac
  pid[$1]=$started
}

# wait_ready NAME: until it takes samples and answers queries.
wait_ready() {
  case $1 in
    syspulse | written) until grep -aq 'listening on .* (grpc)' "$directory/$1.log"; do sleep 0.01; done ;;
    victoria) answers "http://${http[$1]}/health" ;;
    prometheus) answers "http://${http[$1]}/-/ready" ;;
  esac
}

# start_gateway NAME: before a SysPulse.
start_gateway() {
  start "gateway.$1" "$build/bin/syspulse-gateway" --http-listen="${http[$1]}" --server="${grpc[$1]}"
  gateway[$1]=$started
  answers "http://${http[$1]}/api/v1/query?query=1"
}

# start_all NAME…
start_all() {
  local name
  http=() grpc=() gateway=()
  for name; do start_server "$name"; done
  for name; do
    wait_ready "$name"
    case $name in syspulse | written) start_gateway "$name" ;; esac
  done
}

# stop_all NAME…: and removes what they have on the disk.
stop_all() {
  local name
  for name; do
    [ -z "${gateway[$name]-}" ] || stop "${gateway[$name]}"
    stop "${pid[$name]}"
    rm -rf "${directory:?}/$name"
  done
}

# of_all FUNCTION NAME FLAG…: the sum over the programs that a server consists of.
of_all() {
  local function=$1 name=$2 sum
  shift 2
  sum=$("$function" "${pid[$name]}" "$@")
  [ -z "${gateway[$name]-}" ] || sum=$((sum + $("$function" "${gateway[$name]}" "$@")))
  echo "$sum"
}

# load NAME FLAG…: sends it what history_load makes of the flags; CPU time that took is in ${cpu[NAME]}, in ns.
load() {
  local name=$1 to before
  shift
  case $name in
    syspulse) to=--frames=${grpc[$name]} ;;
    *) to="--remote-write=${http[$name]}/api/v1/write --connections=$connections" ;;
  esac
  before=$(of_all cpu_ns "$name")
  # shellcheck disable=SC2086 # flags, of which there may be two
  "$build/tests/history_load" $to "$@" >"$directory/load.out"
  sleep 1 # what it does behind its answers
  cpu[$name]=$(($(of_all cpu_ns "$name") - before))
  samples=$(awk '{ print $1 }' "$directory/load.out")
}

bytes_in() { find "$@" -type f -printf '%s\n' | awk '{ sum += $1 } END { printf "%.0f", sum }'; }

# steady DIRECTORY: waits until its size is, 60 s at most.
steady() {
  local try before=-1 now same=0
  for ((try = 0; try < 120 && same < 4; try++)); do
    now=$(bytes_in "$1" 2>/dev/null || true)
    if [ "$now" = "$before" ]; then same=$((same + 1)); else same=0; fi
    before=$now
    sleep 0.5
  done
}

# settle NAME: has it write and merge all; bytes of its files are in $files, those without a log of Prometheus' in $blocks.
settle() {
  local api=http://${http[$1]}
  case $1 in
    syspulse | written)
      stop "${pid[$1]}" # makes blocks of all that is in memory
      start_server "$1"
      wait_ready "$1"
      ;;
    victoria) # which merges what it has written already
      curl -sf "$api/internal/force_flush"
      steady "$directory/$1"
      curl -sf "$api/internal/force_merge"
      ;;
    prometheus) curl -sf -o /dev/null -X POST "$api/api/v1/admin/tsdb/snapshot" ;;
  esac
  steady "$directory/$1"
  files=$(bytes_in "$directory/$1") blocks=$files
  if [ "$1" = prometheus ]; then
    blocks=$(bytes_in "$directory/$1/snapshots")
    files=$((files - blocks)) # the snapshot is of what the head and the log have, as a block, and was asked for
  fi
}

# cost_row NAME: what the samples cost that load sent.
cost_row() {
  local rss
  rss=$(of_all memory_kb "$1" Rss)
  settle "$1"
  awk -v name="${title[$1]}" -v samples="$samples" -v cpu="${cpu[$1]}" -v rss="$rss" -v files="$files" -v blocks="$blocks" \
    'BEGIN { printf "%-18s %12.3f %9.0f %14.3f %14.3f\n", name, cpu / samples / 1000, rss / 1024, files / samples, blocks / samples }'
}

# query_row START END STEP QUERY: all three, in turn, some times in a row each; medians.
query_row() {
  local name addresses=() times
  for name in "${asked[@]}"; do addresses+=("${http[$name]}"); done
  times=$("$build/tests/history_ask" --rounds="$rounds" --in-a-row="$in_a_row" --query="$4" --start="$1" --end="$2" --step="$3" \
    "${addresses[@]}") || fail "$4 is not answered"
  awk -v query="$4" '{ printf "%9.1f %9.1f %6.1fx %9.1f %6.1fx  %s\n", $1, $2, $2 / $1, $3, $3 / $1, query }' <<<"$times"
}

query_header() {
  printf '\n%s; medians of %d, %d in a row by turns, over one connection each, no caches of results\n' "$1" \
    "$((rounds * in_a_row))" "$in_a_row"
  printf '%9s %9s %7s %9s %7s\n' SysPulse Victoria "" Prom. ""
  printf '%9s %9s %7s %9s\n' ms ms "" ms
}

cost_header() {
  printf '\n%s\n' "$1"
  printf '%-18s %12s %9s %14s %14s\n' "" "CPU us" "RSS MB" "all files" "without a log"
  printf '%-18s %12s %9s %14s %14s\n' "" "a sample" "" "B a sample" "B a sample"
}

# What a dashboard of a host asks, and what one of a fleet does.
recorded() {
  local name hosts=20 end=$(($(date +%s) - 60)) start
  local host='instance="host-7.example.internal",job="syspulse"'
  start=$((end - 2390))
  start_all "${servers[@]}"
  cost_header "a recording of one second steps, played for $hosts hosts"
  for name in "${servers[@]}"; do
    load "$name" --hosts="$hosts" --end-ms="${end}000" < <(zstd -dcf --long=27 "$SYSPULSE_RECORDING")
    cost_row "$name"
    [ "$name" != written ] || stop_all written
  done
  query_header "40 minutes of it, 240 steps"
  query_row "$start" "$end" 10 "sum by (instance) (rate(node_cpu_seconds_total{mode=\"system\",$host}[1m])) / on (instance) group_left sum by (instance) (rate(node_cpu_seconds_total{$host}[1m]))"
  query_row "$start" "$end" 10 "node_memory_MemTotal_bytes{$host} - node_memory_MemFree_bytes{$host} - (node_memory_Cached_bytes{$host} + node_memory_Buffers_bytes{$host} + node_memory_SReclaimable_bytes{$host})"
  query_row "$start" "$end" 10 "irate(node_network_receive_bytes_total{$host}[5m]) * 8"
  query_row "$start" "$end" 10 "rate(node_disk_read_bytes_total{$host,device=~\"[a-z]+|nvme[0-9]+n[0-9]+\"}[1m])"
  query_row "$start" "$end" 10 'sum by (instance) (rate(node_cpu_seconds_total{mode!="idle"}[1m]))'
  query_row "$start" "$end" 10 'topk(5, sum by (instance) (rate(node_network_receive_bytes_total[1m])))'
  query_row "$start" "$end" 10 'max by (instance) (max_over_time(node_load1[5m]))'
  query_row "$start" "$end" 10 'sum by (mode) (avg_over_time(node_cpu_seconds_total[5m]))'
  query_row "$start" "$end" 10 'count({__name__=~"node_.+"})'
  stop_all "${asked[@]}"
}

# The same queries as on any metrics: many series, 15 s apart.
made_up() {
  local name end=$(($(date +%s) - 60)) start
  start=$((end - 239 * 15))
  start_all "${servers[@]}"
  cost_header "100,000 series of 200 hosts, made up, 250 samples each, 15 s apart"
  for name in "${servers[@]}"; do
    load "$name" --hosts=200 --series=500 --rows=250 --step-ms=15000 --end-ms="${end}000"
    cost_row "$name"
    [ "$name" != written ] || stop_all written
  done
  query_header "an hour of it, 240 steps"
  query_row "$start" "$end" 15 'sum by (instance) (rate(bench_metric_0_total[1m]))'
  query_row "$start" "$end" 15 'sum by (device) (avg_over_time(bench_metric_1_bytes[5m]))'
  query_row "$start" "$end" 15 'topk(5, bench_metric_1_bytes)'
  query_row "$start" "$end" 15 'sum by (instance) ({__name__=~"bench_metric_.+_bytes"})'
  query_row "$start" "$end" 15 'count({instance=~"host-1.*"})'
  printf '\nready after kill -9\n'
  for name in "${asked[@]}"; do
    kill -9 "${pid[$name]}"
    wait "${pid[$name]}" 2>/dev/null || true
    local begin=$(date +%s%N)
    start_server "$name"
    wait_ready "$name"
    awk -v name="${title[$name]}" -v ns=$(($(date +%s%N) - begin)) 'BEGIN { printf "%-18s %9.2f s\n", name, ns / 1e9 }'
  done
  stop_all "${asked[@]}"
}

# live HOSTS ROWS NAME…: memory of each while so many hosts of 500 series send every second, one server after the other.
live() {
  local name hosts=$1 rows=$2
  shift 2
  printf '\n%d series, a sample of each every second for %d s\n' "$((hosts * 500))" "$rows"
  printf '%-18s %12s %9s %9s\n' "" "CPU us" "RSS MB" "took s"
  for name; do
    start_all "$name"
    load "$name" --hosts="$hosts" --series=500 --rows="$rows" --step-ms=1000 --live
    awk -v name="${title[$name]}" -v samples="$samples" -v cpu="${cpu[$name]}" -v rss="$(of_all memory_kb "$name" Rss)" \
      '{ printf "%-18s %12.3f %9.0f %9.1f\n", name, cpu / samples / 1000, rss / 1024, $4 }' "$directory/load.out"
    stop_all "$name"
  done
}

if [ -n "${SYSPULSE_RECORDING-}" ]; then
  recorded
else
  printf 'no recording: SYSPULSE_RECORDING names none; see README.md\n'
fi
made_up
live 200 40 syspulse written victoria prometheus
live 1000 20 syspulse written victoria # Prometheus does not keep up
