#!/usr/bin/env bash
# Whether a fleet loses nothing behind a network that is cut and slowed: tests/bench/network_bench.sh BUILD. See README.md.
#
# The service and the agents live in network namespaces of their own, with one link between them; nothing else of the
# machine is touched. A real agent is among them that is stopped and started again while the link is cut.
set -euo pipefail
build=$(cd "${1:?the build directory is missing}" && pwd)

# Once more as root of a namespace, which needs no rights outside.
if [ -z "${SYSPULSE_IN_NAMESPACE-}" ]; then
  SYSPULSE_IN_NAMESPACE=1 exec unshare --net --map-root-user -- "$0" "$build"
fi
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

seconds=${SYSPULSE_FLEET_SECONDS:-120}
agents=${SYSPULSE_FLEET_AGENTS:-200}
slow_rate=${SYSPULSE_FLEET_SLOW_RATE:-2mbit} # a tenth of what 200 agents of 500 series send, about
fine_seconds=15
bad_seconds=15
service=10.231.7.1
fleet=10.231.7.2
failed=0
most_kb=16000000 # of address space, each program
ulimit -v "$most_kb"

for program in ip tc nsenter; do
  command -v "$program" >/dev/null || fail "$program is missing: apt-get install iproute2 util-linux"
done
need_program "$build/bin/syspulsed" "services/up --build builds it"
need_program "$build/tests/syspulse-load" "tests/run --bench builds it"

# Makes the two; "${there[@]}" before a command has it run where the agents live.
join_namespaces() {
  ip link set lo up
  start namespace unshare --net sleep $((seconds + 600))
  until [ "$(readlink "/proc/$started/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.01; done
  there=(nsenter --net="/proc/$started/ns/net" --)
  ip link add service type veth peer name fleet netns "$started"
  ip address add "$service/30" dev service
  ip link set service up
  "${there[@]}" ip link set lo up
  "${there[@]}" ip address add "$fleet/30" dev fleet
  "${there[@]}" ip link set fleet up
}

# Nothing goes through, and nobody is told: the addresses stay.
cut() { ip link set service down; }
mend() { ip link set service up; }
slow() {
  tc qdisc add dev service root tbf rate "$slow_rate" burst 32kb latency 400ms
  "${there[@]}" tc qdisc add dev fleet root tbf rate "$slow_rate" burst 32kb latency 400ms
}
hasten() {
  tc qdisc del dev service root
  "${there[@]}" tc qdisc del dev fleet root
}

# In turn cut, fine and slow, as long as the fleet plays; fine at its end.
trouble() {
  local end=$((SECONDS + seconds - fine_seconds)) cuts=0 slows=0
  while [ $((SECONDS + 2 * (bad_seconds + fine_seconds))) -le "$end" ]; do
    sleep "$fine_seconds"
    cut
    cuts=$((cuts + 1))
    [ "$cuts" != 1 ] || restart_agent
    sleep "$bad_seconds"
    mend
    sleep "$fine_seconds"
    slow
    slows=$((slows + 1))
    sleep "$bad_seconds"
    hasten
  done
  printf 'the link was cut %d times and slowed to %s %d times, for %d s each\n' "$cuts" "$slow_rate" "$slows" "$bad_seconds"
}

start_agent() {
  start "agent.$1" "${there[@]}" "$build/bin/syspulse-agent" --server="$address" --host-id=real --exporter-listen= \
    --buffer-size=1MiB --spool-dir="$directory/spool"
  agent=$started
}

# While the link is cut, with what could not be sent on the disk: the seconds in which it does not run are nobody's.
restart_agent() {
  sleep 10
  stopped=$(date +%s)
  stop "$agent"
  started_again=$(date +%s)
  start_agent again
  printf 'the agent was stopped with %d bytes in its spool\n' "$(find "$directory/spool" -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum + 0 }')"
}

# Whether the history has each second of the real agent once, from $1 on until now, but for those of its restart.
check_agent() {
  local out=$directory/agent.csv now selector
  now=$(date +%s)
  selector="node_load1{job=\"syspulse\",instance=\"$(uname -n)\"}[$((now - $1))s]"
  "$build/bin/syspulse" --server="$address" query "$selector" -o csv >"$out" || fail "no history of the agent"
  awk -F, -v last="$1" -v now="$now" -v stopped="$stopped" -v again="$started_again" '
    function skip_to(next_one) {
      skipped = next_one - last - 1
      if (skipped <= 0) return
      if (last >= stopped - 1 && next_one <= again + 2) resting += skipped; else missing += skipped
    }
    NR > 1 {
      gsub(/[TZ:-]/, " ", $1)
      second = mktime($1)
      samples++
      if (second == last) twice++
      skip_to(second)
      last = second
    }
    END {
      skip_to(now - 1)
      printf "the real agent: %d samples, %d s of its restart without, %d missing, %d twice\n", samples, resting, missing, twice
      exit !samples || missing || twice
    }' "$out"
}

join_namespaces
start service "$build/bin/syspulsed" --grpc-listen="$service:0" --insecure --data-dir="$directory/data" --exporter-listen=127.0.0.1:0
address=$(wait_for service 'listening on .* \(grpc\)' | sed 's/.*listening on \(\S*\) (grpc).*/\1/')
begin=$(date +%s)
start_agent first
if [ -n "${SYSPULSE_RECORDING-}" ]; then
  zstd -dcf --long=27 "$SYSPULSE_RECORDING" >"$directory/recording"
  what=()
else
  : >"$directory/recording"
  what=(--made-up)
fi
"${there[@]}" "$build/tests/syspulse-load" --server="$address" --agents="$agents" --seconds="$seconds" --no-live "${what[@]}" \
  <"$directory/recording" >"$directory/play.out" &
player=$!
pids+=("$player")
trouble
wait "$player" || failed=1
cat "$directory/play.out"
check_agent "$((begin + 2))" || failed=1
[ "$failed" = 0 ] || printf 'NOT EVERY SECOND IS THERE ONCE\n'
exit "$failed"
