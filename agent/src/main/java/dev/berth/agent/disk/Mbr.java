package dev.berth.agent.disk;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The master boot record: a disk's first sector, with code and up to four partitions.
///
/// @param diskId the disk's number, by which Windows and Linux (PARTUUID) know it; 0: none
/// @param bootCode whose code it holds
/// @param entries the four entries, unused ones included
public record Mbr(int diskId, BootCode bootCode, List<Entry> entries) {
  /// Bytes of a sector, in which the numbers of the partition tables count.
  static final int SECTOR_BYTES = 512;

  static final int SIGNATURE_OFFSET = 510;
  private static final int ENTRIES_OFFSET = 446;
  private static final int ENTRY_BYTES = 16;
  private static final int PROTECTIVE = 0xee;

  public Mbr {
    entries = List.copyOf(entries);
  }

  /// A partition.
  ///
  /// @param number from 1
  /// @param bootable whether it is the active one
  /// @param type what it is for, 0 to 255; 0: the entry is unused
  /// @param firstSector 0 to 2^32 - 1; behind an extended partition beyond that
  /// @param sectors how many, 0 to 2^32 - 1
  public record Entry(int number, boolean bootable, int type, long firstSector, long sectors) {
    /// Whether there is a partition.
    public boolean isUsed() {
      return type != 0 && sectors > 0;
    }

    /// Whether it holds further, "logical" partitions.
    public boolean isExtended() {
      return type == 0x05 || type == 0x0f || type == 0x85;
    }
  }

  /// Reads a sector.
  ///
  /// @param sector 512 bytes
  /// @return empty when it is no master boot record: no signature (0x55, 0xAA), or, in the place
  ///     of partitions, what cannot be any, as in the first sector of a FAT file system
  public static Optional<Mbr> parse(byte[] sector) {
    Fields fields = Fields.little(sector);
    if (fields.u16(SIGNATURE_OFFSET) != 0xaa55) {
      return Optional.empty();
    }
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int offset = ENTRIES_OFFSET + i * ENTRY_BYTES;
      if ((fields.u8(offset) & 0x7f) != 0) {
        return Optional.empty();
      }
      entries.add(
          new Entry(
              i + 1,
              fields.u8(offset) != 0,
              fields.u8(offset + 4),
              fields.u32(offset + 8),
              fields.u32(offset + 12)));
    }
    return Optional.of(new Mbr(fields.i32(BootCode.CODE_BYTES), BootCode.of(sector), entries));
  }

  /// Whether it only keeps old programs away from a GUID partition table.
  public boolean isProtective() {
    return entries.stream().anyMatch(each -> each.type() == PROTECTIVE);
  }
}
