#!/bin/sh
# Stops what start.sh has started, in the folder where it is called: all of it, or the one that is named.
#   scripts/stop.sh [arena | deployer | paper | worker] [--state DIR ...]
# Nobody else is ever signalled: the program compares process and beginning with the lock of the folder, and so does this for the worker.
set -eu
# shellcheck source=scripts/own-worker.sh
. "$(dirname "$0")/own-worker.sh"

stop_worker() {
  if ! pid=$(worker_pid); then
    rm -f "$note"
    echo 'no worker of start.sh is running'
    return 5
  fi
  kill -TERM "$pid"
  waited=0
  while worker_pid >/dev/null && [ $waited -lt 30 ]; do
    sleep 1
    waited=$((waited + 1))
  done
  if worker_pid >/dev/null; then
    echo "the worker ($pid) was asked and goes on; it finishes its jobs first" >&2
    return 1
  fi
  rm -f "$note"
  echo "the worker ($pid) has stopped"
}

# Not running (5) is what was wanted: the deployer, for one, has stopped its paper trader.
stop_one() {
  if said=$(node "$main" "$@" 2>&1); then
    echo "$said"
    return 0
  else code=$?; fi
  if [ $code -ne 5 ]; then
    echo "$said" >&2
    failed=$code
  fi
}

failed=0
case ${1:-all} in
  all)
    # The deployer first: it would start the paper trader again.
    for name in deployer paper arena; do stop_one "$name" stop; done
    stop_worker || [ $? -eq 5 ] || failed=1
    exit $failed
    ;;
  arena | deployer | paper)
    name=$1
    shift
    exec node "$main" "$name" stop "$@"
    ;;
  worker) stop_worker ;;
  *)
    echo "stop.sh stops arena, deployer, paper or worker, not \"$1\"" >&2
    exit 2
    ;;
esac
