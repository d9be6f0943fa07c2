#!/bin/sh
# Kills containers and processes whose node has had no contact with a controller for too long, when their agent cannot: it hangs, is paused, is dead.
# Started by the agent when it holds the first instance with the lost policy FENCE; outlives it; ends when nothing is held any more, or
# when another watchdog, which has a higher token, has taken over. Needs neither the agent nor Docker: it kills what is in the container's own control group.
#
#   watchdog.sh DIRECTORY TOKEN
#
# DIRECTORY/deadline  "deadline token deadline token": hundredths of a second of the host's uptime, which goes on while the host is
#                     suspended and is never set. Overwritten in place; the two halves differ while it is being written.
# DIRECTORY/targets   "instance runtime-id grace" a line, where a plain process has its instance's id twice: dead when the deadline and its grace are over. Replaced as a whole.
# DIRECTORY/log       what was killed.
dir=$1 token=$2 deadline= told=

uptime_now() {
  read -r up _ </proc/uptime
  now=${up%.*}${up#*.}
}

# Kills all processes in the control groups that have a container's or instance's full id in their name.
kill_all_of() {
  case $1 in *[!0-9a-f]* | '') return ;; esac
  [ ${#1} -eq 64 ] || [ ${#1} -eq 32 ] || return
  find /sys/fs/cgroup -type d -name "*$1*" 2>/dev/null | while read -r group; do
    pids=$(find "$group" -name cgroup.procs -exec cat {} + 2>/dev/null)
    [ -n "$pids" ] || continue
    if [ "$told" != "$1" ]; then
      echo "$(date -u +%FT%TZ) uptime $now: deadline $deadline and the grace of $1 are over: killed" >>"$dir/log"
    fi
    if [ -w "$group/cgroup.kill" ]; then echo 1 >"$group/cgroup.kill"; fi
    for pid in $pids; do
      # Looked at once more: a number may be another process's by now.
      if [ "$pid" -gt 1 ] && grep -q "$1" "/proc/$pid/cgroup" 2>/dev/null; then kill -KILL "$pid" 2>/dev/null; fi
    done
    # What stands still does not die before it goes on.
    if [ -w "$group/freezer.state" ]; then echo THAWED >"$group/freezer.state"; fi
  done
  told=$1
}

while [ -s "$dir/targets" ]; do
  if read -r d t d2 t2 2>/dev/null <"$dir/deadline" && [ "$d $t" = "$d2 $t2" ]; then
    deadline=$d
    if [ "$t" -gt "$token" ]; then exit 0; fi
  fi
  uptime_now
  wait=100
  if [ -n "$deadline" ]; then
    while read -r instance id grace; do
      [ "$instance" != '#' ] || continue
      left=$((deadline + grace - now))
      if [ "$left" -le 0 ]; then
        kill_all_of "$id"
      elif [ "$left" -lt "$wait" ]; then
        wait=$left
      fi
    done <"$dir/targets"
  fi
  sleep "$((wait / 100)).$(printf %02d $((wait % 100)))"
done
