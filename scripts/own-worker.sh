# Read by start.sh, stop.sh and status.sh: which process is the worker that start.sh has started.
# shellcheck shell=sh

program=$(cd "$(dirname "$0")/.." && pwd)
main=$program/dist/cli/main.cjs
# One line: the process and when it began.
note=${ARENA_LOGS:-logs}/worker.pid
[ "${ARENA_LOGS:-}" != off ] || note=/tmp/strategy-arena-worker.$(id -u).pid

# When a process began, in a form that only can be compared; empty when there is none. A number that passed on to somebody else has
# another beginning.
start_of() {
  if [ -r "/proc/$1/stat" ]; then
    # The name in brackets may hold blanks and brackets: what follows the last one is regular; field 22 of all is the 20th there.
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
  elif [ ! -d /proc/self ]; then
    LC_ALL=C ps -o lstart= -p "$1" 2>/dev/null
  fi
}

# Prints the worker's number when it runs.
worker_pid() {
  [ -r "$note" ] || return 1
  read -r pid began <"$note" || return 1
  case $pid in '' | *[!0-9]*) return 1 ;; esac
  [ -n "$began" ] && [ "$(start_of "$pid")" = "$began" ] && printf '%s\n' "$pid"
}
