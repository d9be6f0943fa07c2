# Sourced by the scripts that build images, which set `me`: their name for messages.
umask 022
cache=${BERTH_IMAGE_CACHE:-${XDG_CACHE_HOME:-${HOME:?neither BERTH_IMAGE_CACHE nor HOME is set}/.cache}/berth/images}
export TZ=UTC LC_ALL=C
# Debian keeps mkfs.fat, sfdisk and depmod where only root's PATH looks.
PATH=$PATH:/usr/sbin:/sbin

grub_bios=/usr/lib/grub/i386-pc
# Where a disk's only partition begins; GRUB lies in front of it.
partition_sector=2048
unfinished=

fail() {
  echo "$me: $1" >&2
  exit 1
}

# need COMMAND PACKAGE
need() { command -v "$1" >/dev/null || fail "no $1 on this host; install Debian's package $2: apt-get install $2"; }

need_grub_bios() {
  [[ -e $grub_bios/boot.img ]] || fail "no $grub_bios/boot.img; install Debian's package grub-pc-bin: apt-get install grub-pc-bin"
}

# Sets temp, which is removed when the script ends.
make_temp() {
  temp=$(mktemp -d "${TMPDIR:-/tmp}/berth-images.XXXXXX")
  trap 'rm -rf "$temp" "$unfinished"' EXIT
}

# publish FILE… DIRECTORY: under their names at once or not at all, since somebody else may be reading there.
publish() {
  local directory=${!#} file
  mkdir -p "$directory" || fail "cannot make the directory $directory"
  for file in "${@:1:$#-1}"; do
    unfinished=$directory/.${file##*/}.$$
    cp "$file" "$unfinished" || fail "cannot write into $directory"
    mv "$unfinished" "$directory/${file##*/}"
  done
}

# publish_as FILE OUT: the same, under another name.
publish_as() {
  [[ ! -d $2 ]] || fail "$2 is a directory; say the name of the disk's file"
  mkdir -p "$temp/out"
  ln -sf "$1" "$temp/out/${2##*/}"
  publish "$temp/out/${2##*/}" "$(dirname "$2")"
}

# put_grub_bios DISK CORE PARTITION_LINE DISK_ID: the partition table, as sfdisk takes it, and in front of the partition the GRUB of
# the BIOS, where grub-install would put it; written by hand, as that asks for a block device.
put_grub_bios() {
  local disk=$1 core=$2 size
  size=$(stat -c %s "$core")
  ((size <= (partition_sector - 1) * 512)) || fail "GRUB's core of $size bytes does not fit in front of the partition"
  sfdisk --quiet "$disk" <<END_OF_TABLE || fail "sfdisk could not write the partition table of $disk"
label: dos
label-id: 0x$4
start=$partition_sector, $3, bootable
END_OF_TABLE
  # The first 440 bytes are code, then come the disk's number and the partitions. boot.img looks for the core in sector 1, and the
  # core for its rest in the sectors after that, if nobody tells them otherwise.
  dd if="$grub_bios/boot.img" of="$disk" bs=440 count=1 conv=notrunc status=none
  dd if="$core" of="$disk" bs=512 seek=1 conv=notrunc status=none
}
