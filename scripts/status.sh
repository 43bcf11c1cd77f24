#!/bin/sh
# Who runs, how far and how well, in the folder where it is called: `npm run status`, and the worker of start.sh.
# Exit codes are those of `status`: 0 fine, 1 degraded, 5 not running.
set -eu
# shellcheck source=scripts/own-worker.sh
. "$(dirname "$0")/own-worker.sh"

if pid=$(worker_pid); then
  echo "worker       RUNNING (pid $pid)"
elif [ -e "$note" ]; then
  echo 'worker       not running; it was started and has ended'
fi
exec node "$main" status "$@"
