package dev.berth.agent.disk;

/// FAT's first sector. Its kind follows from how many clusters there are, not from the label that
/// says "FAT16": that is how Microsoft defines it, and how everyone reads it.
final class Fat {
  private static final long MOST_FAT12_CLUSTERS = 4084;
  private static final long MOST_FAT16_CLUSTERS = 65524;

  private Fat() {}

  /// The kind of FAT that the sector is of; NONE when it is of none.
  static FileSystem kind(Fields sector) {
    int sectorBytes = sector.u16(11);
    int clusterSectors = sector.u8(13);
    int reserved = sector.u16(14);
    int tables = sector.u8(16);
    int media = sector.u8(21);
    boolean sensible =
        sector.u16(Mbr.SIGNATURE_OFFSET) == 0xaa55
            && isPowerOfTwo(sectorBytes)
            && sectorBytes >= 512
            && sectorBytes <= 4096
            && isPowerOfTwo(clusterSectors)
            && reserved > 0
            && (tables == 1 || tables == 2)
            && (media == 0xf0 || media >= 0xf8);
    if (!sensible) {
      return FileSystem.NONE;
    }
    long tableSectors = sector.u16(22) != 0 ? sector.u16(22) : sector.u32(36);
    long sectors = sector.u16(19) != 0 ? sector.u16(19) : sector.u32(32);
    long rootSectors = (sector.u16(17) * 32L + sectorBytes - 1) / sectorBytes;
    long clusters = (sectors - reserved - tables * tableSectors - rootSectors) / clusterSectors;
    if (tableSectors == 0 || clusters <= 0) {
      return FileSystem.NONE;
    }
    if (sector.u16(22) == 0) {
      return FileSystem.FAT32;
    }
    if (clusters > MOST_FAT16_CLUSTERS) {
      return FileSystem.NONE;
    }
    return clusters > MOST_FAT12_CLUSTERS ? FileSystem.FAT16 : FileSystem.FAT12;
  }

  private static boolean isPowerOfTwo(int number) {
    return Integer.bitCount(number) == 1;
  }
}
