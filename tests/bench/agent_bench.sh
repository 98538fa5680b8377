#!/usr/bin/env bash
# What watching a host costs it: the agent, pushing every second, beside node_exporter, scraped every second, in the
# same run: tests/bench/agent_bench.sh BUILD [SECONDS]. See README.md.
set -euo pipefail
build=${1:?the build directory is missing}
seconds=${2-60}
peer=${PEERS:-/usr/bin}/prometheus-node-exporter
directory=$(mktemp -d)
pids=()

fail() { printf 'agent_bench: %s\n' "$1" >&2; exit 1; }
finish() {
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$directory"
}
trap finish EXIT

for program in "$build/bin/syspulsed" "$build/bin/syspulse-agent"; do
  [ -x "$program" ] || fail "$program is missing; services/up --build builds it"
done
[ -x "$peer" ] || fail "$peer is missing; tests/run --bench fetches it, or: apt-get install prometheus-node-exporter"
command -v curl >/dev/null || fail "curl is missing: apt-get install curl"

# start LOG COMMAND…: runs it in the background and remembers it; its pid is in $started.
start() {
  local log=$directory/$1.log
  shift
  "$@" >"$log" 2>&1 &
  started=$!
  pids+=("$started")
}

# wait_for LOG PATTERN: the first line of the log that matches, 10 s at most.
wait_for() {
  local try
  for ((try = 0; try < 100; try++)); do
    grep -m 1 -E "$2" "$directory/$1.log" && return
    sleep 0.1
  done
  fail "no '$2' within 10 s in: $(cat "$directory/$1.log")"
}

# start_peer LOG FLAG…: node_exporter on a port that is free; its address is in $address.
start_peer() {
  local log=$1 try
  shift
  for ((try = 0; try < 20; try++)); do
    address=127.0.0.1:$((20000 + RANDOM % 10000))
    start "$log" "$peer" --web.listen-address="$address" "$@"
    for ((wait = 0; wait < 50; wait++)); do
      curl -sf -o /dev/null "http://$address/" && return
      kill -0 "$started" 2>/dev/null || break
      sleep 0.1
    done
  done
  fail "node_exporter does not start: $(tail -n 3 "$directory/$log.log")"
}

# cpu_ns PID: CPU time of all its threads in nanoseconds; the clock of /proc/PID/stat is too coarse for so little.
cpu_ns() { cat /proc/"$1"/task/*/schedstat | awk '{ sum += $1 } END { printf "%d", sum }'; }
memory_kb() { awk -v name="$2:" '$1 == name { print $2 }' /proc/"$1"/smaps_rollup; }

start service "$build/bin/syspulsed" --grpc-listen=127.0.0.1:0 --exporter-listen=127.0.0.1:0 --data-dir="$directory/data"
server=$(wait_for service 'listening on .* \(grpc\)' | sed 's/.* on \(.*\) (grpc).*/\1/')
start agent "$build/bin/syspulse-agent" --server="$server"
agent=$started
start_peer node
node=$started node_address=$address
start_peer processes --collector.processes
processes=$started processes_address=$address
wait_for agent 'connected to syspulsed' >/dev/null

# scrape: one second's scrapes, as Prometheus asks for them.
scrape() {
  local one
  for one in "$node_address" "$processes_address"; do
    curl -sf -o /dev/null -H 'Accept: text/plain;version=0.0.4' "http://$one/metrics"
  done
}

for ((second = 0; second < 5; second++)); do scrape; sleep 1; done  # caches fill, heaps settle
declare -A before
for pid in "$agent" "$node" "$processes"; do before[$pid]=$(cpu_ns "$pid"); done
begin=$(date +%s%N)
for ((second = 1; second <= seconds; second++)); do
  scrape
  # To whole seconds after the beginning: a loop of `sleep 1` would scrape less often than every second.
  sleep "$(awk -v left=$((begin + second * 1000000000 - $(date +%s%N))) 'BEGIN { print (left > 0 ? left / 1e9 : 0) }')"
done
elapsed=$(($(date +%s%N) - begin))

# row NAME PID: CPU in milliseconds a second, memory in megabytes, each with its share of the first row's.
row() {
  local cpu rss pss
  cpu=$(($(cpu_ns "$2") - before[$2])) rss=$(memory_kb "$2" Rss) pss=$(memory_kb "$2" Pss)
  first_cpu=${first_cpu-$cpu} first_rss=${first_rss-$rss}
  awk -v name="$1" -v cpu="$cpu" -v elapsed="$elapsed" -v rss="$rss" -v pss="$pss" -v fc="$first_cpu" -v fr="$first_rss" \
    'BEGIN { printf "%-42s %10.2f %7.2fx %9.1f %7.2fx %9.1f\n", name, cpu / elapsed * 1000, cpu / fc, rss / 1024, rss / fr, pss / 1024 }'
}

series() { curl -sf "http://$1/metrics" | grep -vc '^#'; }
printf '%d s, %d processes on this host\n' "$seconds" "$(find /proc -maxdepth 1 -name '[0-9]*' | wc -l)"
printf '%-42s %10s %8s %9s %8s %9s\n' "" "CPU ms/s" "" "RSS MB" "" "PSS MB"
row "syspulse-agent, every process in detail" "$agent"
row "node_exporter, $(series "$node_address") series, no processes" "$node"
row "node_exporter with --collector.processes" "$processes"
