#!/bin/sh
# Starts processes in the background, in the folder where it is called.
#   scripts/start.sh                                arena on a live market, and deployer (which starts the paper trader)
#   scripts/start.sh arena --market live --symbols BTC/USDT,ETH/USDT
#   scripts/start.sh deployer --hybrid-mode | paper | worker [flags of their own]
set -eu
# shellcheck source=scripts/own-worker.sh
. "$(dirname "$0")/own-worker.sh"

if [ ! -f "$main" ]; then
  echo "$main is not there: run npm install in $program first" >&2
  exit 2
fi

start_worker() {
  if running=$(worker_pid); then
    echo "a worker runs already ($running)" >&2
    exit 4
  fi
  mkdir -p "$(dirname "$note")"
  nohup node "$main" worker "$@" >/dev/null 2>&1 </dev/null &
  pid=$!
  printf '%s %s\n' "$pid" "$(start_of "$pid")" >"$note"
  # Without a Redis it ends at once.
  sleep 2
  if ! worker_pid >/dev/null; then
    rm -f "$note"
    echo "the worker has ended at once; npm run worker says why" >&2
    exit 1
  fi
  echo "worker runs: pid $pid"
}

if [ $# -eq 0 ]; then
  node "$main" arena --market live --detach
  exec node "$main" deployer --hybrid-mode --detach
fi

name=$1
shift
case $name in
  arena | deployer | paper) exec node "$main" "$name" "$@" --detach ;;
  worker) start_worker "$@" ;;
  *)
    echo "start.sh starts arena, deployer, paper or worker, not \"$name\"" >&2
    exit 2
    ;;
esac
