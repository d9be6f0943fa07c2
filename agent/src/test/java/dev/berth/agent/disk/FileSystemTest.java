package dev.berth.agent.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FileSystemTest {
  private static final int OFFSET = 3 * 512;
  private static final int SECTORS = 200;

  private static FileSystem at(DiskFixture disk) throws IOException, DiskException {
    return FileSystem.at(disk.guest(), OFFSET, SECTORS * 512L - OFFSET);
  }

  private static DiskFixture disk() {
    return new DiskFixture(SECTORS);
  }

  @ParameterizedTest
  @CsvSource({
    "XFS, 0, XFSB",
    "SQUASHFS, 0, hsqs",
    "NTFS, 3, 'NTFS    '",
    "LUKS, 0, 'LUKS\u00ba\u00be'",
    "BTRFS, 65600, _BHRfS_M",
    "ISO9660, 32769, CD001",
    "SWAP, 4086, SWAPSPACE2",
    "SWAP, 16374, SWAPSPACE2",
    "SWAP, 65526, SWAPSPACE2"
  })
  void isKnownByItsMagicNumber(FileSystem expected, int offset, String magic)
      throws IOException, DiskException {
    assertEquals(expected, at(disk().text(OFFSET + offset, magic)));
    assertEquals(FileSystem.NONE, at(disk().text(OFFSET + offset + 1, magic)));
  }

  @Test
  void lvmsLabelIsInOneOfTheFirstFourSectors() throws IOException, DiskException {
    for (int sector = 0; sector < 5; sector++) {
      int offset = OFFSET + 512 * sector;
      DiskFixture disk = disk().text(offset, "LABELONE").text(offset + 24, "LVM2 001");
      assertEquals(sector < 4 ? FileSystem.LVM2 : FileSystem.NONE, at(disk));
    }
  }

  @Test
  void extIsToldApartByItsFeatures() throws IOException, DiskException {
    assertEquals(FileSystem.EXT2, at(disk().ext(OFFSET, 0x38, 0x2, 0x3)));
    assertEquals(FileSystem.EXT3, at(disk().ext(OFFSET, 0x3c, 0x2, 0x3)));
    assertEquals(FileSystem.EXT3, at(disk().ext(OFFSET, 0x3c, 0x6, 0x3)));
    assertEquals(FileSystem.EXT4, at(disk().ext(OFFSET, 0x3c, 0x42, 0x3)));
    assertEquals(FileSystem.EXT4, at(disk().ext(OFFSET, 0x38, 0x2, 0x13)));
  }

  @Test
  void fatIsToldApartByItsClusters() throws IOException, DiskException {
    assertEquals(FileSystem.FAT12, at(disk().fat(OFFSET, 4084, 12)));
    assertEquals(FileSystem.FAT16, at(disk().fat(OFFSET, 4085, 17)));
    assertEquals(FileSystem.FAT16, at(disk().fat(OFFSET, 65524, 256)));
    assertEquals(FileSystem.NONE, at(disk().fat(OFFSET, 65525, 256)));
    assertEquals(FileSystem.FAT32, at(disk().fat(OFFSET, 70_000, -600)));
  }

  @Test
  void fatsLabelDecidesNothing() throws IOException, DiskException {
    assertEquals(FileSystem.FAT16, at(disk().fat(OFFSET, 5000, 20).text(OFFSET + 54, "FAT12   ")));
    assertEquals(FileSystem.NONE, at(disk().text(OFFSET + 54, "FAT16   ").signature(3)));
  }

  @Test
  void impossibleFatIsNone() throws IOException, DiskException {
    for (int[] change : new int[][] {{12, 3}, {13, 3}, {13, 0}, {14, 0}, {16, 0}, {21, 7}}) {
      DiskFixture disk = disk().fat(OFFSET, 5000, 20);
      disk.bytes.put(OFFSET + change[0], (byte) change[1]);
      assertEquals(FileSystem.NONE, at(disk), "byte " + change[0]);
    }
  }

  @Test
  void whatIsBehindAPartitionsEndIsNotItsOwn() throws IOException, DiskException {
    GuestBytes disk = disk().text(OFFSET + 4086, "SWAPSPACE2").guest();
    assertEquals(FileSystem.SWAP, FileSystem.at(disk, OFFSET, 4096));
    assertEquals(FileSystem.NONE, FileSystem.at(disk, OFFSET, 4095));
    assertEquals(FileSystem.NONE, FileSystem.at(disk, SECTORS * 512L + 1, 4096));
    assertEquals(FileSystem.NONE, FileSystem.at(disk, Long.MAX_VALUE, Long.MAX_VALUE));
    assertEquals(FileSystem.NONE, FileSystem.at(disk, -1, 4096));
  }
}
