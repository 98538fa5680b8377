#!/usr/bin/env bash
# Whether one service holds under a fleet: tests/bench/fleet_bench.sh BUILD. See README.md.
set -euo pipefail
build=${1:?the build directory is missing}
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

seconds=${SYSPULSE_FLEET_SECONDS:-60}
readers=${SYSPULSE_FLEET_READERS:-5000}
most_kb=16000000 # of address space, each program
rounds=3         # with and without readers that stall, in turn
stalled_seconds=40
failed=0

need_program "$build/bin/syspulsed" "services/up --build builds it"
need_program "$build/tests/syspulse-load" "tests/run --bench builds it"
ulimit -v "$most_kb"

# start_service NAME FLAG…: on the data it has, and on the port that it had; its address is in $address.
address=127.0.0.1:0
start_service() {
  local name=$1
  shift
  start "$name" "$build/bin/syspulsed" --grpc-listen="$address" --data-dir="$directory/data" --exporter-listen=127.0.0.1:0 "$@"
  address=$(wait_for "$name" 'listening on .* \(grpc\)' | sed 's/.*listening on \(\S*\) (grpc).*/\1/')
}

stop_service() {
  stop "$started"
  rm -rf "$directory/data"
  address=127.0.0.1:0
}

# play FLAG…: a fleet against the service. Without a recording its values are made up.
play() {
  if [ -n "${SYSPULSE_RECORDING-}" ]; then
    zstd -dcf --long=27 "$SYSPULSE_RECORDING" | "$build/tests/syspulse-load" --server="$address" "$@"
  else
    "$build/tests/syspulse-load" --server="$address" --made-up "$@"
  fi
}

# play_or_say FLAG…: the same; what is missing is said, and the other trials go on.
play_or_say() {
  play "$@" && return
  printf 'NOT ALL FRAMES ARE THERE\n'
  failed=1
}

title() { printf '\n-- %s --\n' "$1"; }

thousand() {
  title "1,000 agents, whose frames leave over the whole second"
  start_service spread
  play_or_say --agents=1000 --seconds="$seconds" --service-pid="$started"
  stop_service
  title "1,000 agents by one clock: all frames leave at the whole second"
  start_service burst
  play_or_say --agents=1000 --seconds="$((seconds < 60 ? seconds : 60))" --spread=0 --service-pid="$started"
  stop_service
}

# What readers of snapshots wait, in turn without and with two that stall; then how long it takes until those are cut.
stalling() {
  local round flags
  title "$readers readers of snapshots beside 200 agents, in turn without and with two that stall"
  start_service stalling --max-streams=100000 --recent-size=1MiB # what is kept of the recent past would grow meanwhile
  for ((round = 0; round < 2 * rounds; round++)); do
    flags=()
    [ $((round % 2)) = 0 ] || flags=(--stalled)
    play --agents=200 --seconds="$stalled_seconds" --no-live --readers="$readers" --service-pid="$started" "${flags[@]}" \
      >"$directory/play.out" || { cat "$directory/play.out"; failed=1; }
    printf '%-10s' "$([ $((round % 2)) = 0 ] && echo alone || echo stalled)"
    sed -n -e 's/^to readers of snapshots *\(.*\), of.*/ \1;/p' -e 's/^service *\(.*\), [0-9]* MiB at most/ \1/p' "$directory/play.out" |
      sort -r | tr -d '\n'
    printf '\n'
  done
  stop_service
  cutting
}

# How long the service keeps those two: one fills what its library takes in advance, the other one's connection.
cutting() {
  local metrics begin=$SECONDS open=2 most=2
  start_service cutting
  metrics=$(wait_for cutting 'listening on .* \(metrics\)' | sed 's/.*listening on \(\S*\) (metrics).*/\1/')
  play --agents=20 --seconds=75 --no-live --stalled >"$directory/play.out" &
  local player=$!
  pids+=("$player")
  sleep 5
  while [ "$open" -gt 0 ] && [ $((SECONDS - begin)) -lt 75 ]; do
    sleep 1
    open=$(curl -sf "http://$metrics/metrics" | awk '$1 == "syspulse_subscribers" { print $2 }')
    [ "$open" = "$most" ] || printf 'after %d s the service has %d of the two streams\n' $((SECONDS - begin)) "$open"
    most=$open
  done
  wait "$player" || failed=1
  [ "$open" = 0 ] || { printf 'NOT CUT WITHIN 75 S\n'; failed=1; }
  stop_service
}

# Kills the service every 20 s for as long as the trial is, but not in its last 10 s.
restarting() {
  local kills=$((seconds > 30 ? (seconds - 10) / 20 : 1)) player round
  title "1,000 agents for $seconds s, and the service is killed and started again every 20 s"
  start_service restart.0
  play_or_say --agents=1000 --seconds="$seconds" >"$directory/play.out" &
  player=$!
  pids+=("$player")
  sleep 4  # the agents gather
  for ((round = 1; round <= kills; round++)); do
    sleep 20
    kill -9 "$started"
    wait "$started" 2>/dev/null || true
    start_service "restart.$round"
  done
  wait "$player" || true
  printf 'killed %d times\n' "$kills"
  cat "$directory/play.out"
  ! grep -q 'NOT ALL' "$directory/play.out" || failed=1
  stop_service
}

[ -n "${SYSPULSE_RECORDING-}" ] || printf 'no recording: SYSPULSE_RECORDING names none; see README.md\n'
for trial in ${SYSPULSE_FLEET_TRIALS:-thousand stalling restarting}; do "$trial"; done
exit "$failed"
