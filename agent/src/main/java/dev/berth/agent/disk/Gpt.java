package dev.berth.agent.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32;

/// The GUID partition table behind a protective master boot record, in sectors of 512 bytes. Both
/// its checksums are right.
///
/// @param diskId the disk's GUID
/// @param entries the partitions in the order of their numbers, at most 128; unused entries are
///     left out
public record Gpt(UUID diskId, List<Entry> entries) {
  private static final int LEAST_HEADER_BYTES = 92;
  private static final int CRC_OFFSET = 16;
  private static final int LEAST_ENTRY_BYTES = 128;
  private static final int MOST_TABLE_BYTES = 128 << 10;
  private static final int MOST_PARTITIONS = 128;
  private static final int NAME_OFFSET = 56;
  private static final int NAME_BYTES = 72;
  private static final long BIOS_BOOTABLE = 1 << 2;
  private static final UUID UNUSED = new UUID(0, 0);

  public Gpt {
    entries = List.copyOf(entries);
  }

  /// A partition.
  ///
  /// @param number from 1
  /// @param type what it is for
  /// @param id its own GUID
  /// @param firstSector its first sector
  /// @param lastSector its last sector, not before the first
  /// @param attributes 64 flags
  /// @param name up to 36 characters, control characters as "?"; may be empty
  public record Entry(
      int number,
      UUID type,
      UUID id,
      long firstSector,
      long lastSector,
      long attributes,
      String name) {
    /// Whether a BIOS is to start it.
    public boolean isBiosBootable() {
      return (attributes & BIOS_BOOTABLE) != 0;
    }
  }

  /// Reads the table of a disk.
  ///
  /// @throws DiskException when there is none, or a damaged one
  public static Gpt read(GuestBytes disk) throws IOException, DiskException {
    byte[] sector = disk.read(Mbr.SECTOR_BYTES, Mbr.SECTOR_BYTES);
    Fields header = Fields.little(sector);
    if (!header.has(0, "EFI PART")) {
      throw missing(disk);
    }
    long headerBytes = header.u32(12);
    if (headerBytes < LEAST_HEADER_BYTES || headerBytes > Mbr.SECTOR_BYTES) {
      throw damaged("a header of %d bytes".formatted(headerBytes));
    }
    byte[] summed = Arrays.copyOf(sector, (int) headerBytes);
    Arrays.fill(summed, CRC_OFFSET, CRC_OFFSET + 4, (byte) 0);
    if (crc(summed) != header.u32(CRC_OFFSET)) {
      throw damaged("a header whose checksum is wrong");
    }
    long count = header.u32(80);
    long entryBytes = header.u32(84);
    if (entryBytes < LEAST_ENTRY_BYTES
        || entryBytes > MOST_TABLE_BYTES
        || count > MOST_TABLE_BYTES / entryBytes) {
      throw damaged("%d entries of %d bytes".formatted(count, entryBytes));
    }
    long at = header.i64(72);
    if (at < 2 || at > disk.sizeBytes() / Mbr.SECTOR_BYTES) {
      throw damaged("entries in sector " + Long.toUnsignedString(at));
    }
    byte[] table = disk.read(at * Mbr.SECTOR_BYTES, (int) (count * entryBytes));
    if (crc(table) != header.u32(88)) {
      throw damaged("entries whose checksum is wrong");
    }
    return new Gpt(guid(header, 56), entries(Fields.little(table), (int) count, (int) entryBytes));
  }

  private static List<Entry> entries(Fields table, int count, int entryBytes) throws DiskException {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int offset = i * entryBytes;
      UUID type = guid(table, offset);
      if (type.equals(UNUSED)) {
        continue;
      }
      if (entries.size() == MOST_PARTITIONS) {
        throw damaged("more than %d partitions".formatted(MOST_PARTITIONS));
      }
      long first = table.i64(offset + 32);
      long last = table.i64(offset + 40);
      if (first < 0 || last < first || last >= Long.MAX_VALUE / Mbr.SECTOR_BYTES) {
        throw damaged(
            "partition %d from sector %s to %s"
                .formatted(i + 1, Long.toUnsignedString(first), Long.toUnsignedString(last)));
      }
      entries.add(
          new Entry(
              i + 1,
              type,
              guid(table, offset + 16),
              first,
              last,
              table.i64(offset + 48),
              name(table.slice(offset + NAME_OFFSET, NAME_BYTES))));
    }
    return entries;
  }

  private static String name(byte[] utf16) {
    String name = new String(utf16, StandardCharsets.UTF_16LE);
    int end = name.indexOf('\0');
    return Fields.printable(end < 0 ? name : name.substring(0, end));
  }

  /// A GUID's first three numbers have their lowest bytes first, the rest its highest.
  private static UUID guid(Fields fields, int offset) {
    long high =
        fields.u32(offset) << 32 | (long) fields.u16(offset + 4) << 16 | fields.u16(offset + 6);
    return new UUID(high, ByteBuffer.wrap(fields.slice(offset + 8, 8)).getLong());
  }

  private static long crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }

  private static DiskException missing(GuestBytes disk) throws IOException, DiskException {
    if (Fields.little(disk.readUpTo(4096, 8)).has(0, "EFI PART")) {
      return new DiskException(
          "its GUID partition table is for sectors of 4096 bytes, and machines have sectors of"
              + " 512: make it again on a disk with such sectors");
    }
    return new DiskException(
        "its master boot record says that there is a GUID partition table, but there is none:"
            + " copy it again, or restore it from its backup with gdisk FILE");
  }

  private static DiskException damaged(String what) {
    return new DiskException(
        "its GUID partition table has %s: copy it again, or repair it with gdisk FILE"
            .formatted(what));
  }
}
