package dev.berth.agent.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class DiskLayoutTest {
  private static final int SECTOR = 512;

  private static DiskLayout layout(DiskFixture disk) throws IOException, DiskException {
    return DiskLayout.read(disk.guest());
  }

  private static void assertRefused(String message, DiskFixture disk) {
    DiskException refusal = assertThrows(DiskException.class, () -> layout(disk), message);
    assertTrue(String.valueOf(refusal.getMessage()).contains(message), refusal.getMessage());
  }

  @Test
  void readsAMasterBootRecord() throws IOException, DiskException {
    DiskFixture disk =
        new DiskFixture(512)
            .mbrEntry(0, 0x80, 0x83, 64, 100)
            .mbrEntry(2, 0, 0xef, 200, 100)
            .ext(64 * SECTOR, 4, 2, 1)
            .fat(200 * SECTOR, 100, 1);
    disk.bytes.putInt(440, 0xcafe1234);
    Mbr mbr = Mbr.parse(disk.array()).orElseThrow();
    assertEquals(0xcafe1234, mbr.diskId());
    assertEquals(new Mbr.Entry(1, true, 0x83, 64, 100), mbr.entries().get(0));
    assertEquals(new Mbr.Entry(2, false, 0, 0, 0), mbr.entries().get(1));
    DiskLayout layout = layout(disk);
    assertEquals(
        new DiskLayout(
            DiskLayout.Table.MBR,
            BootCode.EMPTY,
            FileSystem.NONE,
            List.of(
                new Partition(1, 64 * SECTOR, 100 * SECTOR, "Linux", "", true, FileSystem.EXT3),
                new Partition(
                    3, 200 * SECTOR, 100 * SECTOR, "EFI system", "", false, FileSystem.FAT12)),
            List.of()),
        layout);
    assertTrue(layout.hasEfiSystem());
  }

  @Test
  void followsLogicalPartitions() throws IOException, DiskException {
    DiskFixture disk =
        new DiskFixture(512)
            .mbrEntry(0, 0, 0x83, 10, 10)
            .mbrEntry(1, 0, 0x05, 100, 400)
            .entry(100, 0, 0, 0x82, 5, 20)
            .entry(100, 1, 0, 0x05, 50, 100)
            .entry(150, 0, 0, 0x8e, 7, 30);
    List<Partition> partitions = layout(disk).partitions();
    assertEquals(List.of(1, 2, 5, 6), partitions.stream().map(Partition::number).toList());
    assertEquals(
        List.of(10L * SECTOR, 100L * SECTOR, 105L * SECTOR, 157L * SECTOR),
        partitions.stream().map(Partition::offsetBytes).toList());
    assertEquals("Linux LVM", partitions.get(3).type());
  }

  @Test
  void aCircleOfLogicalPartitionsEnds() {
    assertRefused(
        "in a circle",
        new DiskFixture(512)
            .mbrEntry(1, 0, 0x0f, 100, 400)
            .entry(100, 0, 0, 0x83, 5, 20)
            .entry(100, 1, 0, 0x05, 0, 100));
  }

  @Test
  void logicalPartitionsBeyondTheDiskAreRefused() {
    assertRefused("cut off", new DiskFixture(64).mbrEntry(1, 0, 0x0f, 0xffffffffL, 0xffffffffL));
  }

  @Test
  void readsAGuidPartitionTable() throws IOException, DiskException {
    DiskLayout layout = layout(DiskFixture.gpt());
    assertEquals(
        new DiskLayout(
            DiskLayout.Table.GPT,
            BootCode.GRUB2,
            FileSystem.NONE,
            List.of(
                new Partition(
                    1, 64 * SECTOR, 64 * SECTOR, "EFI system", "EFI", false, FileSystem.FAT16),
                new Partition(
                    3,
                    128 * SECTOR,
                    320 * SECTOR,
                    "Linux file system",
                    "root ü",
                    true,
                    FileSystem.EXT4)),
            List.of()),
        layout);
    Gpt gpt = Gpt.read(DiskFixture.gpt().guest());
    assertEquals(DiskFixture.DISK_ID, gpt.diskId());
    assertEquals(new UUID(3, 42), gpt.entries().get(1).id());
  }

  @Test
  void anUnknownGuidIsItsOwnName() throws IOException, DiskException {
    UUID odd = UUID.fromString("11111111-2222-3333-4444-555555555555");
    DiskFixture disk = DiskFixture.gpt().gptEntry(0, odd, 64, 70, "a\nb\0rest").sealGpt();
    assertEquals(odd.toString(), layout(disk).partitions().get(0).type());
    assertEquals("a?b", layout(disk).partitions().get(0).label());
  }

  @Test
  void everyChangedByteOfTheGuidPartitionTableIsSeen() {
    for (int at = SECTOR; at < SECTOR + 92; at++) {
      DiskFixture disk = DiskFixture.gpt();
      disk.bytes.put(at, (byte) (disk.bytes.get(at) ^ 0x10));
      assertThrows(DiskException.class, () -> layout(disk), "header byte " + (at - SECTOR));
    }
    for (int at = 2 * SECTOR; at < 3 * SECTOR; at++) {
      DiskFixture disk = DiskFixture.gpt();
      disk.bytes.put(at, (byte) (disk.bytes.get(at) ^ 0x10));
      assertRefused("entries whose checksum is wrong", disk);
    }
  }

  @Test
  void absurdGuidPartitionTablesAreRefusedThoughTheirChecksumsAreRight() {
    DiskFixture many = DiskFixture.gpt();
    many.bytes.putInt(SECTOR + 80, -1);
    assertRefused("4294967295 entries of 128 bytes", many.sealHeader());
    DiskFixture small = DiskFixture.gpt();
    small.bytes.putInt(SECTOR + 84, 0);
    assertRefused("4 entries of 0 bytes", small.sealHeader());
    DiskFixture far = DiskFixture.gpt();
    far.bytes.putLong(SECTOR + 72, Long.MAX_VALUE);
    assertRefused("entries in sector 9223372036854775807", far.sealHeader());
    DiskFixture header = DiskFixture.gpt();
    header.bytes.putInt(SECTOR + 12, 513);
    assertRefused("a header of 513 bytes", header);
    assertRefused(
        "partition 1 from sector 9 to 8",
        DiskFixture.gpt().gptEntry(0, DiskFixture.EFI, 9, 8, "x").sealGpt());
    assertRefused(
        "partition 1 from sector 9 to 18446744073709551615",
        DiskFixture.gpt().gptEntry(0, DiskFixture.EFI, 9, -1, "x").sealGpt());
  }

  @Test
  void aMissingGuidPartitionTableIsSaid() {
    assertRefused("but there is none", new DiskFixture(64).mbrEntry(0, 0, 0xee, 1, 63));
    assertRefused(
        "sectors of 4096 bytes",
        new DiskFixture(64).mbrEntry(0, 0, 0xee, 1, 63).text(4096, "EFI PART"));
  }

  @Test
  void partitionsBeyondTheDiskAreFaults() throws IOException, DiskException {
    DiskLayout layout = layout(new DiskFixture(64).mbrEntry(0, 0, 0x83, 32, 64));
    assertEquals(
        List.of(
            "partition 1 ends at byte 49152, the disk at 32768: it was cut off or made too small"),
        layout.faults());
  }

  @Test
  void bootCodeWithoutItsSignatureIsAFault() throws IOException, DiskException {
    DiskFixture disk = DiskFixture.gpt();
    disk.bytes.putShort(510, (short) 0);
    DiskLayout layout = layout(disk);
    assertEquals(DiskLayout.Table.NONE, layout.table());
    assertEquals(1, layout.faults().size());
  }

  @Test
  void aFileSystemOverTheWholeDiskIsNoPartitionTable() throws IOException, DiskException {
    DiskFixture disk = new DiskFixture(64).fat(0, 50, 1);
    disk.text(446, "This is not a bootable disk.");
    DiskLayout layout = layout(disk);
    assertEquals(DiskLayout.Table.NONE, layout.table());
    assertEquals(FileSystem.FAT12, layout.wholeDisk());
    assertFalse(layout.hasEfiSystem());
  }

  @Test
  void anEmptyDiskHasNothing() throws IOException, DiskException {
    assertEquals(
        new DiskLayout(
            DiskLayout.Table.NONE, BootCode.EMPTY, FileSystem.NONE, List.of(), List.of()),
        layout(new DiskFixture(64)));
  }
}
