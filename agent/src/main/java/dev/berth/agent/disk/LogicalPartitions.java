package dev.berth.agent.disk;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The partitions in an extended partition: a chain of sectors like the master boot record, each
/// with one partition and the place of the next sector.
final class LogicalPartitions {
  /// Linux gives names to so many.
  static final int MOST = 60;

  private static final int FIRST_NUMBER = 5;

  private LogicalPartitions() {}

  /// Follows the chain.
  ///
  /// @throws DiskException when it leaves the disk or does not end
  static List<Mbr.Entry> read(GuestBytes disk, Mbr.Entry extended)
      throws IOException, DiskException {
    List<Mbr.Entry> found = new ArrayList<>();
    long at = extended.firstSector();
    for (int links = 0; links < MOST; links++) {
      Optional<Mbr> link = Mbr.parse(disk.read(at * Mbr.SECTOR_BYTES, Mbr.SECTOR_BYTES));
      if (link.isEmpty()) {
        return found;
      }
      Mbr.Entry logical = link.get().entries().get(0);
      if (logical.isUsed() && !logical.isExtended()) {
        found.add(
            new Mbr.Entry(
                FIRST_NUMBER + found.size(),
                logical.bootable(),
                logical.type(),
                at + logical.firstSector(),
                logical.sectors()));
      }
      Mbr.Entry next = link.get().entries().get(1);
      if (!next.isUsed() || !next.isExtended()) {
        return found;
      }
      at = extended.firstSector() + next.firstSector();
    }
    throw new DiskException(
        "its logical partitions are more than %d, or in a circle: repair the partition table"
            .formatted(MOST));
  }
}
