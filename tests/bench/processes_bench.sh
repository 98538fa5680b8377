#!/usr/bin/env bash
# What it costs to know every process every second: the agent beside Netdata, htop and node_exporter with its processes
# collector, in the same run, on a host with more and more processes: tests/bench/processes_bench.sh BUILD [SECONDS].
set -euo pipefail
build=${1:?the build directory is missing}
seconds=${2-30}
export PEERS=${PEERS:-/usr/bin}
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
export LD_LIBRARY_PATH=$PEERS/../lib/x86_64-linux-gnu:$PEERS/../../lib/x86_64-linux-gnu
SIZES=(${SYSPULSE_BENCH_PROCESSES:-100 1000 10000})

for program in "$build/bin/syspulsed" "$build/bin/syspulse-agent" "$build/tests/crowd"; do
  need_program "$program" "tests/run --bench builds it"
done
for program in prometheus-node-exporter htop ../sbin/netdata; do
  need_program "$PEERS/$program" "tests/run --bench fetches it"
done

# start_netdata: its default charts once a second, without what it has beyond a host's metrics.
start_netdata() {
  local own=$directory/netdata lib
  lib=$(cd "$PEERS/../lib/netdata" && pwd)
  mkdir -p "$own"/{cache,lib,log,etc}
  : >"$own/etc/.opt-out-from-anonymous-statistics"
  cat >"$own/netdata.conf" <<CONF
[global]
  run as user = $(id -un)
[directories]
  config = $own/etc
  stock config = $lib/conf.d
  plugins = $lib/plugins.d
  cache = $own/cache
  lib = $own/lib
  log = $own/log
  web = $own/etc
[db]
  mode = dbengine
  update every = 1
[ml]
  enabled = no
[web]
  bind to = 127.0.0.1:$((20000 + RANDOM % 10000))
[health]
  enabled = no
[statsd]
  enabled = no
[plugins]
  go.d = no
  python.d = no
  charts.d = no
  ebpf = no
  perf = no
CONF
  printf '[global]\nenabled = no\n' >"$own/lib/cloud.conf"
  start netdata "$PEERS/../sbin/netdata" -D -c "$own/netdata.conf"
}

start service "$build/bin/syspulsed" --grpc-listen=127.0.0.1:0 --exporter-listen=127.0.0.1:0 --data-dir="$directory/data"
server=$(wait_for service 'listening on .* \(grpc\)' | sed 's/.* on \(.*\) (grpc).*/\1/')

# row NAME PID
row() {
  local cpu
  cpu=$(($(cpu_ns "$2") - before[$2]))
  awk -v name="$1" -v cpu="$cpu" -v elapsed="$elapsed" -v rss="$(memory_kb "$2" Rss)" -v pss="$(memory_kb "$2" Pss)" \
    'BEGIN { printf "  %-44s %7.2f %% %9.1f %9.1f\n", name, 100 * cpu / elapsed, rss / 1024, pss / 1024 }'
}

mkfifo "$directory/keys"
exec 9<>"$directory/keys"
for size in "${SIZES[@]}"; do
  start crowd "$build/tests/crowd" "$size" 600
  crowd=$started
  wait_for crowd 'crowd of' >/dev/null
  start agent "$build/bin/syspulse-agent" --server="$server"
  agent=$started
  start_node_exporter node --collector.processes
  node=$started
  start_netdata
  netdata=$started
  # The size of a usual terminal, and keys from a pipe that stays open.
  start htop script -qfc "stty rows 50 cols 160; exec '$PEERS/htop' --delay=10" /dev/null <&9
  htop=$started
  each_second 15 scrape "$address"  # caches fill; the first passes read what stays the same
  declare -A before
  for pid in "$agent" "$node" "$netdata" "$htop"; do
    kill -0 "$pid" 2>/dev/null || fail "a program has ended: $(tail -n 2 "$directory"/{agent,node,netdata}.log)"
    before[$pid]=$(cpu_ns "$pid")
  done
  each_second "$seconds" scrape "$address"
  printf '\n%d processes, %d s\n  %-44s %9s %9s %9s\n' \
    "$(find /proc -maxdepth 1 -name '[0-9]*' | wc -l)" "$seconds" "" "CPU" "RSS MB" "PSS MB"
  row "syspulse-agent, everything" "$agent"
  row "Netdata with its plugins" "$netdata"
  row "htop" "$htop"
  row "node_exporter with --collector.processes" "$node"
  for pid in "$agent" "$node" "$netdata" "$htop" "$crowd"; do stop "$pid"; done
done
