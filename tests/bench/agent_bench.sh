#!/usr/bin/env bash
# What watching a host costs it: the agent, pushing every second, beside node_exporter, scraped every second, in the
# same run: tests/bench/agent_bench.sh BUILD [SECONDS]. See README.md.
set -euo pipefail
build=${1:?the build directory is missing}
seconds=${2-60}
export PEERS=${PEERS:-/usr/bin}
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_program "$build/bin/syspulsed" "services/up --build builds it"
need_program "$build/bin/syspulse-agent" "services/up --build builds it"
need_program "$PEERS/prometheus-node-exporter" "tests/run --bench fetches it, or: apt-get install prometheus-node-exporter"
command -v curl >/dev/null || fail "curl is missing: apt-get install curl"

start service "$build/bin/syspulsed" --grpc-listen=127.0.0.1:0 --exporter-listen=127.0.0.1:0 --data-dir="$directory/data"
server=$(wait_for service 'listening on .* \(grpc\)' | sed 's/.* on \(.*\) (grpc).*/\1/')
start agent "$build/bin/syspulse-agent" --server="$server"
agent=$started
# In the place of node_exporter: all it collects by default, no service, one scrape a second.
start dropin "$build/bin/syspulse-agent" --server= --exporter-listen=127.0.0.1:0 --no-collector.processes
dropin=$started
dropin_address=$(wait_for dropin 'listening on .* \(metrics\)' | sed 's/.* on \(.*\) (metrics).*/\1/')
# The same and nobody scrapes: the tick alone.
start tick "$build/bin/syspulse-agent" --server= --exporter-listen=127.0.0.1:0 --no-collector.processes
tick=$started
start_node_exporter node
node=$started node_address=$address
start_node_exporter processes --collector.processes
processes=$started processes_address=$address
wait_for agent 'connected to syspulsed' >/dev/null

all=("$dropin_address" "$node_address" "$processes_address")
each_second 5 scrape "${all[@]}"  # caches fill, heaps settle
declare -A before
for pid in "$agent" "$dropin" "$tick" "$node" "$processes"; do before[$pid]=$(cpu_ns "$pid"); done
each_second "$seconds" scrape "${all[@]}"

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
row "node_exporter, $(series "$node_address") series, no processes" "$node"
row "node_exporter with --collector.processes" "$processes"
row "syspulse-agent as a drop-in, $(series "$dropin_address") series" "$dropin"
row "syspulse-agent as a drop-in, not scraped" "$tick"
row "syspulse-agent, every process, pushed" "$agent"
