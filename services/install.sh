# What `services/up` and `tests/run` share: installing, building, and saying what is going on. Sourced, not run.
# Everything here is quick when there is nothing to do.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=$ROOT/.cache
DASHBOARD=$ROOT/web-gateway/dashboard

# What the programs and the dashboard are built with.
BUILD_PACKAGES=(
  ca-certificates g++ cmake ninja-build ccache mold pkg-config
  libgrpc++-dev libre2-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc libabsl-dev
  prometheus-cpp-dev libboost-dev libboost-system-dev libcli11-dev libspdlog-dev
  zlib1g-dev libzstd-dev libsnappy-dev libxxhash-dev libbrotli-dev libncurses-dev libnghttp2-dev libdragonbox-dev libssl-dev libsystemd-dev
)

NODE_LEAST=20          # what current front-end packages ask for
NODE_VERSION=22        # what is brought along where the system's is older
DISK_NEEDED_MB=2000    # a full build with its tests

# Node trusts its own list of authorities; a network with one of its own adds that to the system's.
[ ! -f /etc/ssl/certs/ca-certificates.crt ] ||
  export NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}

say() { if [ -t 1 ]; then printf '\033[2m»\033[0m %s\n' "$*"; else printf '%s\n' "$*"; fi; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# run_logged LOG WHAT COMMAND…: runs the command with its output in LOG, and says WHAT every 15 s with the last line.
run_logged() {
  local log=$1 what=$2 started=$SECONDS next
  shift 2
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 &
  local pid=$!
  trap 'kill "$pid" 2>/dev/null; exit 130' INT TERM HUP
  next=$((SECONDS + 15))
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    if [ "$SECONDS" -ge "$next" ]; then
      say "$what, $((SECONDS - started)) s: $(tail -n 1 "$log" | tr '\r' '\n' | tail -n 1 | cut -c1-100)"
      next=$((SECONDS + 15))
    fi
  done
  trap - INT TERM HUP
  wait "$pid"
}

# fail_from_log LOG WHAT: ends with one sentence, after the part of the log that tells most.
fail_from_log() {
  if grep -q 'No space left on device' "$1"; then
    die "$2: the disk is full; free some space below $ROOT and try again"
  fi
  grep -nE -A12 -m3 '(error|Error|FAILED|fatal):?' "$1" | tail -n 40 >&2 || tail -n 20 "$1" >&2
  die "$2 failed; the whole log is $1"
}

need_disk() {
  local free
  free=$(df -Pm "$ROOT" | awk 'NR == 2 {print $4}')
  [ "$free" -ge "$DISK_NEEDED_MB" ] ||
    die "building needs $DISK_NEEDED_MB MB of disk below $ROOT, and $free MB are free"
}

# need_packages PACKAGE…: installs the Debian packages that are missing.
need_packages() {
  local missing=() package
  local installed
  installed=$({ dpkg-query -W -f '${Package} ${Status}\n' "$@" 2>/dev/null || :; } | awk '$NF == "installed" {print $1}')
  for package in "$@"; do
    grep -qxF "$package" <<<"$installed" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || die "these packages are missing, and there is no apt-get to install them: ${missing[*]}"
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
    die "installing needs root: run 'apt-get install ${missing[*]}' as root, or install sudo"
  say "installing ${#missing[@]} Debian packages: ${missing[*]}"
  local log=$CACHE/apt.log
  run_logged "$log" "reading package lists" as_root apt-get update -q ||
    die "cannot read Debian's package lists; is there a network? The log is $log"
  run_logged "$log" "installing packages" as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "${missing[@]}" || fail_from_log "$log" "installing packages"
}

node_major() { "$1" --version 2>/dev/null | sed -E 's/^v([0-9]+).*/\1/'; }

# need_node: puts a Node that is new enough, and its npm, first in PATH.
need_node() {
  local own=$CACHE/node/node_modules
  if [ -x "$own/.bin/npm" ]; then
    PATH=$own/node-linux-$(node_arch)/bin:$own/.bin:$PATH
    return
  fi
  if command -v node >/dev/null && command -v npm >/dev/null && [ "$(node_major node)" -ge "$NODE_LEAST" ]; then
    return
  fi
  command -v npm >/dev/null || need_packages nodejs npm
  if [ "$(node_major node)" -ge "$NODE_LEAST" ]; then return; fi
  say "this system's Node is $(node --version); bringing Node $NODE_VERSION along in .cache"
  mkdir -p "$CACHE/node"
  run_logged "$CACHE/node.log" "fetching Node" npm install --prefix "$CACHE/node" --no-fund --no-audit \
    "node-linux-$(node_arch)@$NODE_VERSION" npm@10 || fail_from_log "$CACHE/node.log" "fetching Node from npm"
  PATH=$own/node-linux-$(node_arch)/bin:$own/.bin:$PATH
  [ "$(node_major node)" -ge "$NODE_LEAST" ] || die "the Node in .cache does not run; remove .cache/node and try again"
}

node_arch() { case $(uname -m) in aarch64) echo arm64 ;; *) echo x64 ;; esac; }

# stamp FILE…: a hash that changes with any of the files.
stamp() { cat "$@" | sha256sum | cut -c1-32; }

# need_npm_packages: the dashboard's packages, which also hold the tools that tests use.
need_npm_packages() {
  local want
  want=$(stamp "$DASHBOARD/package-lock.json")
  [ "$(cat "$CACHE/npm.stamp" 2>/dev/null)" = "$want" ] && [ -d "$DASHBOARD/node_modules" ] && return
  say "installing the dashboard's npm packages"
  # Not `npm ci`: that insists on the optional packages of all other platforms, which not every registry carries.
  run_logged "$CACHE/npm.log" "installing npm packages" \
    npm install --no-save --prefix "$DASHBOARD" --no-fund --no-audit || fail_from_log "$CACHE/npm.log" "installing npm packages"
  echo "$want" >"$CACHE/npm.stamp"
}

# build_dashboard: into build/dashboard, where the gateway looks for it.
build_dashboard() {
  local want
  want=$(cd "$ROOT" && find web-gateway/dashboard proto -type f -not -path '*/node_modules/*' -not -path '*/gen/*' |
    LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum | cut -c1-32)
  [ "$(cat "$ROOT/build/dashboard.stamp" 2>/dev/null)" = "$want" ] && [ -f "$ROOT/build/dashboard/index.html" ] && return
  need_node
  need_npm_packages
  say "building the dashboard"
  run_logged "$CACHE/dashboard.log" "building the dashboard" \
    npm run --prefix "$DASHBOARD" build -- --outdir "$ROOT/build/dashboard" ||
    fail_from_log "$CACHE/dashboard.log" "building the dashboard"
  echo "$want" >"$ROOT/build/dashboard.stamp"
}

# build_cpp DIR "CMAKE ARGUMENTS" TARGET…: configures DIR at first, then builds the targets.
build_cpp() {
  local dir=$1 log=$CACHE/${1##*/}.log
  local -a arguments targets
  read -ra arguments <<<"$2"
  shift 2
  targets=("$@")
  if [ -f "$dir/build.ninja" ] && [ ! -w "$dir" ]; then
    say "${dir#"$ROOT"/} belongs to $(stat -c %U "$dir"): using it as it is"
    return
  fi
  mkdir -p "$CACHE"
  if [ ! -f "$dir/build.ninja" ] || [ ${#arguments[@]} -gt 0 ]; then
    [ -f "$dir/build.ninja" ] || need_disk
    cmake -S "$ROOT" -B "$dir" -G Ninja "${arguments[@]}" >"$log" 2>&1 || fail_from_log "$log" "configuring the build"
  fi
  if ninja -C "$dir" -n "${targets[@]}" 2>/dev/null | grep -E '\] (Building|Linking|Generating)' >/dev/null; then
    say "building in ${dir#"$ROOT"/} (the first time takes some minutes on two cores)"
  fi
  run_logged "$log" building env NINJA_STATUS='[%f/%t] ' ninja -C "$dir" "${targets[@]}" || fail_from_log "$log" "building"
}
