package dev.berth.agent.disk;

import java.io.IOException;

/// What a partition, or a whole disk, is formatted with, by its magic numbers.
public enum FileSystem {
  /// Nothing that is known here.
  NONE("none"),
  /// ext2.
  EXT2("ext2"),
  /// ext3.
  EXT3("ext3"),
  /// ext4.
  EXT4("ext4"),
  /// XFS.
  XFS("xfs"),
  /// Btrfs.
  BTRFS("btrfs"),
  /// FAT with entries of 12 bits.
  FAT12("FAT12"),
  /// FAT with entries of 16 bits.
  FAT16("FAT16"),
  /// FAT with entries of 32 bits.
  FAT32("FAT32"),
  /// NTFS.
  NTFS("NTFS"),
  /// Linux's swap space.
  SWAP("swap"),
  /// A physical volume of LVM 2.
  LVM2("LVM2 physical volume"),
  /// An encrypted volume.
  LUKS("LUKS"),
  /// ISO 9660.
  ISO9660("ISO 9660"),
  /// SquashFS.
  SQUASHFS("squashfs");

  private static final int EXT_OFFSET = 1024;
  private static final int ISO_OFFSET = 32 << 10;
  private static final int BTRFS_OFFSET = 64 << 10;
  private static final int PROBED_BYTES = BTRFS_OFFSET + 128;
  private static final int[] PAGE_BYTES = {4 << 10, 8 << 10, 16 << 10, 64 << 10};
  private static final int LVM_SECTORS = 4;

  private static final int EXT_HAS_JOURNAL = 0x4;
  // What ext3 knows: file types, recovery, meta block groups; sparse superblocks, large files,
  // B-trees for directories.
  private static final long EXT3_INCOMPATIBLE = 0x2 | 0x4 | 0x10;
  private static final long EXT3_READ_ONLY = 0x1 | 0x2 | 0x4;

  private final String title;

  FileSystem(String title) {
    this.title = title;
  }

  /// For people: "ext4".
  public String title() {
    return title;
  }

  /// Looks at the beginning of a part of a disk.
  ///
  /// @param offset where it begins; beyond the disk's end there is nothing
  /// @param length how long it is
  public static FileSystem at(GuestBytes disk, long offset, long length)
      throws IOException, DiskException {
    // At once: of a compressed image, each read decompresses all that is before it in a cluster.
    int read = (int) Math.min(Math.max(0, length), PROBED_BYTES);
    Fields head = Fields.little(disk.readUpTo(offset, read));
    FileSystem first = byHead(head);
    if (first != NONE) {
      return first;
    }
    if (head.has(BTRFS_OFFSET + 64, "_BHRfS_M")) {
      return BTRFS;
    }
    if (head.has(ISO_OFFSET + 1, "CD001")) {
      return ISO9660;
    }
    for (int page : PAGE_BYTES) {
      if (head.has(page - 10, "SWAPSPACE2") || head.has(page - 10, "SWAP-SPACE")) {
        return SWAP;
      }
    }
    // Last, as the others' first sectors may hold anything.
    return Fat.kind(head);
  }

  private static FileSystem byHead(Fields head) {
    if (head.has(0, "XFSB")) {
      return XFS;
    }
    if (head.has(0, "hsqs")) {
      return SQUASHFS;
    }
    if (head.has(0, "LUKS\u00ba\u00be")) {
      return LUKS;
    }
    if (head.has(3, "NTFS    ")) {
      return NTFS;
    }
    for (int i = 0; i < LVM_SECTORS; i++) {
      if (head.has(i * 512, "LABELONE") && head.has(i * 512 + 24, "LVM2 001")) {
        return LVM2;
      }
    }
    return head.u16(EXT_OFFSET + 56) == 0xef53 ? ext(head) : NONE;
  }

  /// ext2 has no journal; ext4 has what ext3 could not read.
  private static FileSystem ext(Fields head) {
    long incompatible = head.u32(EXT_OFFSET + 96);
    long readOnly = head.u32(EXT_OFFSET + 100);
    if ((incompatible & ~EXT3_INCOMPATIBLE) != 0 || (readOnly & ~EXT3_READ_ONLY) != 0) {
      return EXT4;
    }
    return (head.u32(EXT_OFFSET + 92) & EXT_HAS_JOURNAL) != 0 ? EXT3 : EXT2;
  }
}
