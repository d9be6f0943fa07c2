#!/bin/sh
# Gives one process a root file system of its own. Started twice by `launch` for each start of an instance, with a pipe in each direction between
# the two: descriptor 3 of `switch` comes from 5 of the program, and 4 goes to its 6.
#
#   root.sh make INSTANCE WORK WORD...   in mount and process namespaces of its own: mounts all that the program will see below INSTANCE/root, and
#                                        becomes WORD..., which takes privileges away and runs INSTANCE/inside in a shell of the node
#   root.sh switch INSTANCE PID          in the node's namespaces: when that shell says that it has no privileges any more, makes INSTANCE/root the
#                                        root of all that is in PID's mount namespace, takes the node's files away from there, and says so
#
# In this order, because the programs that take privileges away are the node's and have to be loaded from its files, and because whoever has
# lost them may not change roots any more. INSTANCE/inside executes the program when its root has been changed, so nothing of the node is left.
#
# INSTANCE/lower    link to the directory that others may use as well; nothing is written there
# INSTANCE/upper    what this instance wrote
# INSTANCE/overlay  the kernel's, of the same file system as upper
# INSTANCE/root     where they are mounted together, in the namespace only
what=$1 instance=$2 old=dev/.berth
shift 2

mounted() {
  mount -n "$@" || { echo "berth: its root cannot be made: mount $*" >&2; exit 125; }
}

make() {
  umask 022
  cd "$instance" || exit 125
  work=$1
  shift
  mounted -t overlay -o nodev,lowerdir=lower,upperdir=upper,workdir=overlay overlay root
  # A program of an earlier start may have made links of them.
  for at in proc sys dev berth; do
    if [ -L root/$at ]; then
      echo "berth: its root cannot be made: /$at is a link" >&2
      exit 125
    fi
  done
  mounted -t proc -o nosuid,nodev,noexec proc root/proc
  mounted -t sysfs -o ro,nosuid,nodev,noexec sysfs root/sys
  mounted -t tmpfs -o nosuid,noexec,mode=755,size=64k tmpfs root/dev
  mkdir root/dev/pts root/dev/shm root/$old || exit 125
  for device in null:3 zero:5 full:7 random:8 urandom:9; do
    mknod -m 666 root/dev/${device%:*} c 1 ${device#*:} || exit 125
  done
  mknod -m 666 root/dev/tty c 5 0 || exit 125
  mounted -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5,nosuid,noexec devpts root/dev/pts
  mounted -t tmpfs -o nosuid,nodev,noexec,mode=1777,size=64m tmpfs root/dev/shm
  ln -s pts/ptmx root/dev/ptmx
  ln -s /proc/self/fd root/dev/fd
  ln -s /proc/self/fd/0 root/dev/stdin
  ln -s /proc/self/fd/1 root/dev/stdout
  ln -s /proc/self/fd/2 root/dev/stderr
  # What is the node's in it.
  for at in sys sysrq-trigger irq bus fs; do
    [ ! -e root/proc/$at ] || mounted -o bind,ro root/proc/$at root/proc/$at
  done
  for at in kcore keys timer_list; do
    [ ! -e root/proc/$at ] || mounted --bind root/dev/null root/proc/$at
  done
  [ -z "$work" ] || mounted --bind "$work" root/berth
  exec "$@" sh -s <inside
}

switch() {
  pid=$1
  read -r ready <&3 || exit 0
  nsenter --target "$pid" --mount pivot_root "$instance/root" "$instance/root/$old" &&
    # With its old root as its root, and nothing above that: it goes from there.
    nsenter --target "$pid" --mount --root="/proc/$pid/root/$old" umount -n --no-canonicalize --lazy / &&
    rmdir "/proc/$pid/root/$old" &&
    echo go >&4
}

$what "$@"
