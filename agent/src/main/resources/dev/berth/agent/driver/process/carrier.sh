#!/bin/sh
# Carries one process: starts the program, keeps what it writes and says how it ended. Started by the agent for each start of an instance;
# outlives it, needs nothing of it, and ends soon after the program.
#
#   carrier.sh INSTANCE
#
# INSTANCE/launch    written by the agent for this start. Functions: `settle` takes this shell out of the agent's cgroup, `enter` a child into
#                    the program's, `program` becomes the program, `sweep` kills what is left of it; `written`: bytes in INSTANCE/output.
# INSTANCE/run       "boot-id pid start carrier start .", with the times from /proc/PID/stat: a pid alone may be another process's by now; or
#                    "failed", and why.
# INSTANCE/code      the exit code; "-" until it is known. Overwritten in place, which works on a full disk too.
# INSTANCE/output    what the program wrote; output.0 is the part before it.
# INSTANCE/../ends/  INSTANCE/code is moved there when the program has ended and all that it wrote is kept.
#
# What the program writes goes through a pipe to dd, which neither waits for more nor keeps anything back. Each dd copies some blocks; between
# two of them the file is rotated when it is large. Where the disk is full what is written is lost, and the program goes on.
cd "$1" || exit 125
exec >/dev/null 2>&1 </dev/null
umask 077
blocks=64 block_bytes=32768 output_max=8388608

# Sets `pid` and `start` to those of the process that asks.
identify() {
  read -r stat <"/proc/$1/stat"
  pid=${stat%% *}
  # The name in parentheses may hold anything.
  set -- ${stat##*) }
  start=${20}
}

# Copies standard input to a file, at most all `blocks`; sets `report` and fails unless all went well.
copy() {
  report=$(LC_ALL=C dd bs=$block_bytes count=$blocks 2>&1 >>"$1") && case $report in *[0-9]+[0-9]*" records in"*) ;; *) false ;; esac
}

keep_output() {
  while copy output || copy /dev/null; do
    # "60+4 records in", maybe after a warning.
    records=${report%% records in*} records=${records##*[!0-9+]}
    [ $((${records%+*} + ${records#*+})) -eq $blocks ] || break
    bytes=${report##*records out?} bytes=${bytes%% *}
    case $bytes in '' | *[!0-9]*) bytes=$((blocks * block_bytes)) ;; esac
    written=$((written + bytes))
    if [ $written -ge $output_max ]; then
      mv -f output output.0
      written=0
    fi
  done
}

. ./launch || { echo "failed its launch file cannot be read" >run; exit 125; }
settle
read -r boot </proc/sys/kernel/random/boot_id
identify $$
carrier="$pid $start"

{
  (
    identify self
    enter || { echo "failed its cgroup cannot be entered" >run; exit 125; }
    echo "$boot $pid $start $carrier ." >run
    exec 2>&1
    program
  )
  echo "$?     " 1<>code
  exec >/dev/null
  sweep
} | keep_output
mv -f code "../ends/${1##*/}"
