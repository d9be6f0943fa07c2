package dev.berth.agent.disk;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.zip.CRC32;

/// A disk of zeros on which tests write partition tables and the magic numbers of file systems.
final class DiskFixture {
  static final UUID LINUX = UUID.fromString("0fc63daf-8483-4772-8e79-3d69d8477de4");
  static final UUID EFI = UUID.fromString("c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
  static final UUID DISK_ID = UUID.fromString("01020304-0506-0708-090a-0b0c0d0e0f10");

  private static final int SECTOR = 512;
  private static final int GPT_ENTRIES = 4;

  final ByteBuffer bytes;

  DiskFixture(int sectors) {
    bytes = ByteBuffer.allocate(sectors * SECTOR).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// A disk with a GUID partition table: an EFI system of FAT16, and ext4.
  static DiskFixture gpt() {
    DiskFixture disk = new DiskFixture(512);
    disk.text(0x180, "GRUB \0Geom\0Hard Disk\0Read\0 Error");
    disk.bytes.put(0, (byte) 0xeb).put(1, (byte) 0x63).put(2, (byte) 0x90);
    disk.mbrEntry(0, 0, 0xee, 1, 511);
    disk.gptEntry(0, EFI, 64, 127, "EFI");
    disk.gptEntry(2, LINUX, 128, 447, "root ü");
    disk.bytes.putLong(2 * SECTOR + 2 * 128 + 48, 1 << 2);
    disk.sealGpt();
    disk.fat(64 * SECTOR, 4200, 20);
    disk.ext(128 * SECTOR, 4, 0x40, 0);
    return disk;
  }

  byte[] array() {
    return bytes.array();
  }

  GuestBytes guest() {
    return new ArrayBytes(bytes.array());
  }

  DiskFixture text(int offset, String text) {
    bytes.put(offset, text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  DiskFixture signature(int sector) {
    bytes.putShort(sector * SECTOR + 510, (short) 0xaa55);
    return this;
  }

  DiskFixture mbrEntry(int index, int flag, int type, long first, long sectors) {
    return entry(0, index, flag, type, first, sectors);
  }

  /// An entry of a master boot record, or of a sector like it.
  DiskFixture entry(int sector, int index, int flag, int type, long first, long sectors) {
    int at = sector * SECTOR + 446 + 16 * index;
    bytes.put(at, (byte) flag).put(at + 4, (byte) type);
    bytes.putInt(at + 8, (int) first).putInt(at + 12, (int) sectors);
    return signature(sector);
  }

  DiskFixture gptEntry(int index, UUID type, long first, long last, String name) {
    int at = 2 * SECTOR + 128 * index;
    guid(at, type);
    guid(at + 16, new UUID(index + 1L, 42));
    bytes.putLong(at + 32, first).putLong(at + 40, last);
    bytes.put(at + 56, name.getBytes(StandardCharsets.UTF_16LE));
    return this;
  }

  /// Writes the header of the GUID partition table, with the checksums of what is there.
  DiskFixture sealGpt() {
    text(SECTOR, "EFI PART");
    bytes.putInt(SECTOR + 8, 0x10000).putInt(SECTOR + 12, 92);
    bytes.putLong(SECTOR + 24, 1).putLong(SECTOR + 72, 2);
    guid(SECTOR + 56, DISK_ID);
    bytes.putInt(SECTOR + 80, GPT_ENTRIES).putInt(SECTOR + 84, 128);
    bytes.putInt(SECTOR + 88, crc(2 * SECTOR, GPT_ENTRIES * 128));
    return sealHeader();
  }

  DiskFixture sealHeader() {
    bytes.putInt(SECTOR + 16, 0);
    bytes.putInt(SECTOR + 16, crc(SECTOR, 92));
    return this;
  }

  /// An ext superblock.
  DiskFixture ext(int offset, int compatible, int incompatible, int readOnly) {
    bytes.putShort(offset + 1024 + 56, (short) 0xef53);
    bytes.putInt(offset + 1024 + 92, compatible);
    bytes.putInt(offset + 1024 + 96, incompatible).putInt(offset + 1024 + 100, readOnly);
    return this;
  }

  /// The first sector of a FAT file system with one reserved sector, two tables, and 16 entries in
  /// the root directory, in clusters of one sector.
  ///
  /// @param tableSectors of a table; negative: in the field for FAT32
  DiskFixture fat(int offset, int clusters, int tableSectors) {
    int tables = Math.abs(tableSectors);
    bytes.putShort(offset + 11, (short) SECTOR).put(offset + 13, (byte) 1);
    bytes.putShort(offset + 14, (short) 1).put(offset + 16, (byte) 2);
    bytes.putShort(offset + 17, (short) 16).put(offset + 21, (byte) 0xf8);
    bytes.putShort(offset + 22, (short) Math.max(0, tableSectors));
    bytes.putInt(offset + 32, 1 + 2 * tables + 1 + clusters);
    bytes.putInt(offset + 36, tables);
    return signature(offset / SECTOR);
  }

  private int crc(int offset, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes.array(), offset, length);
    return (int) crc.getValue();
  }

  private void guid(int at, UUID id) {
    long high = id.getMostSignificantBits();
    bytes.putInt(at, (int) (high >>> 32)).putShort(at + 4, (short) (high >>> 16));
    bytes.putShort(at + 6, (short) high);
    bytes.putLong(at + 8, Long.reverseBytes(id.getLeastSignificantBits()));
  }
}
