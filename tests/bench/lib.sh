# What the measurements share: starting programs, finding their ports, reading what they cost. Sourced, not run.
# The script that sources it has `set -euo pipefail`.

directory=$(mktemp -d)
pids=()

fail() { printf '%s: %s\n' "${0##*/}" "$1" >&2; exit 1; }
finish() {
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$directory"
}
trap finish EXIT

# start LOG COMMAND…: runs it in the background and remembers it; its pid is in $started.
start() {
  local log=$directory/$1.log
  shift
  "$@" >"$log" 2>&1 &
  started=$!
  pids+=("$started")
}

# stop PID: ends a program that start started, and waits for its end.
stop() {
  kill "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

# wait_for LOG PATTERN: the first line of the log that matches, 10 s at most.
wait_for() {
  local try
  for ((try = 0; try < 100; try++)); do
    grep -a -m 1 -E "$2" "$directory/$1.log" && return
    sleep 0.1
  done
  fail "no '$2' within 10 s in: $(cat "$directory/$1.log")"
}

# start_node_exporter LOG FLAG…: on a port that is free; its address is in $address.
start_node_exporter() {
  local log=$1 try
  shift
  for ((try = 0; try < 20; try++)); do
    address=127.0.0.1:$((20000 + RANDOM % 10000))
    start "$log" "$PEERS/prometheus-node-exporter" --web.listen-address="$address" "$@"
    for ((wait = 0; wait < 50; wait++)); do
      curl -sf -o /dev/null "http://$address/" && return
      kill -0 "$started" 2>/dev/null || break
      sleep 0.1
    done
  done
  fail "node_exporter does not start: $(tail -n 3 "$directory/$log.log")"
}

# scrape ADDRESS…: once each, as Prometheus asks.
scrape() {
  local one
  for one; do curl -sf -o /dev/null -H 'Accept: text/plain;version=0.0.4' "http://$one/metrics"; done
}

# tree PID: it and all that descend from it.
tree() {
  local child
  echo "$1"
  for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do tree "$child"; done
}

# cpu_ns PID: CPU time of it and its descendants, all threads, in nanoseconds; the clock of /proc/PID/stat is too coarse.
cpu_ns() {
  local pid
  for pid in $(tree "$1"); do cat /proc/"$pid"/task/*/schedstat 2>/dev/null || true; done |
    awk '{ sum += $1 } END { printf "%.0f", sum }'
}

# memory_kb PID FIELD: Rss or Pss of it and its descendants.
memory_kb() {
  local pid
  for pid in $(tree "$1"); do cat /proc/"$pid"/smaps_rollup 2>/dev/null || true; done |
    awk -v name="$2:" '$1 == name { sum += $2 } END { printf "%d", sum }'
}

# each_second COUNT COMMAND…: runs the command every second to the second: with `sleep 1` it would be less often.
# How long all took is in $elapsed, in nanoseconds.
each_second() {
  local count=$1 begin second
  shift
  begin=$(date +%s%N)
  for ((second = 1; second <= count; second++)); do
    "$@"
    sleep "$(awk -v left=$((begin + second * 1000000000 - $(date +%s%N))) 'BEGIN { print (left > 0 ? left / 1e9 : 0) }')"
  done
  elapsed=$(($(date +%s%N) - begin))
}

need_program() { [ -x "$1" ] || fail "$1 is missing; $2"; }
