package dev.berth.agent.disk;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How a disk is divided, and what would start from it.
///
/// @param table which partition table it has
/// @param bootCode what a BIOS would run
/// @param wholeDisk the file system of the disk as a whole; with partitions, only that of a CD's
///     image that boots from a disk as well
/// @param partitions in the order of their numbers
/// @param faults what does not fit together, one sentence each; the disk may work all the same
public record DiskLayout(
    Table table,
    BootCode bootCode,
    FileSystem wholeDisk,
    List<Partition> partitions,
    List<String> faults) {
  public DiskLayout {
    partitions = List.copyOf(partitions);
    faults = List.copyOf(faults);
  }

  /// Kinds of partition tables.
  public enum Table {
    /// None: empty, or one file system over the whole disk.
    NONE,
    /// In the master boot record.
    MBR,
    /// GUID partition table.
    GPT
  }

  /// Reads a disk.
  ///
  /// @throws DiskException when its partition table is damaged
  public static DiskLayout read(GuestBytes disk) throws IOException, DiskException {
    byte[] sector = disk.readUpTo(0, Mbr.SECTOR_BYTES);
    Optional<Mbr> mbr = Mbr.parse(sector);
    FileSystem whole = FileSystem.at(disk, 0, disk.sizeBytes());
    List<Partition> partitions = new ArrayList<>();
    Table table = Table.NONE;
    if (mbr.isPresent() && mbr.get().isProtective()) {
      table = Table.GPT;
      for (Gpt.Entry entry : Gpt.read(disk).entries()) {
        partitions.add(partition(disk, entry));
      }
    } else if (mbr.isPresent() && mbr.get().entries().stream().anyMatch(Mbr.Entry::isUsed)) {
      table = Table.MBR;
      addAll(partitions, disk, mbr.get());
    }
    boolean shown = table == Table.NONE || whole == FileSystem.ISO9660;
    return new DiskLayout(
        table,
        BootCode.of(sector),
        shown ? whole : FileSystem.NONE,
        partitions,
        faults(disk, sector, partitions));
  }

  /// Whether UEFI would find a place to look for boot loaders.
  public boolean hasEfiSystem() {
    return partitions.stream().anyMatch(Partition::isEfiSystem);
  }

  private static void addAll(List<Partition> partitions, GuestBytes disk, Mbr mbr)
      throws IOException, DiskException {
    List<Mbr.Entry> entries = new ArrayList<>(mbr.entries());
    for (Mbr.Entry entry : mbr.entries()) {
      if (entry.isUsed() && entry.isExtended()) {
        entries.addAll(LogicalPartitions.read(disk, entry));
        // A second one is none of Linux's, nor of Windows'.
        break;
      }
    }
    for (Mbr.Entry entry : entries) {
      if (entry.isUsed()) {
        partitions.add(partition(disk, entry));
      }
    }
  }

  private static Partition partition(GuestBytes disk, Mbr.Entry entry)
      throws IOException, DiskException {
    long offset = entry.firstSector() * Mbr.SECTOR_BYTES;
    long size = entry.sectors() * Mbr.SECTOR_BYTES;
    return new Partition(
        entry.number(),
        offset,
        size,
        PartitionTypes.name(entry.type()),
        "",
        entry.bootable(),
        entry.isExtended() ? FileSystem.NONE : FileSystem.at(disk, offset, size));
  }

  private static Partition partition(GuestBytes disk, Gpt.Entry entry)
      throws IOException, DiskException {
    long offset = entry.firstSector() * Mbr.SECTOR_BYTES;
    long size = (entry.lastSector() - entry.firstSector() + 1) * Mbr.SECTOR_BYTES;
    return new Partition(
        entry.number(),
        offset,
        size,
        PartitionTypes.name(entry.type()),
        entry.name(),
        entry.isBiosBootable(),
        FileSystem.at(disk, offset, size));
  }

  private static List<String> faults(GuestBytes disk, byte[] sector, List<Partition> partitions) {
    List<String> faults = new ArrayList<>();
    for (Partition partition : partitions) {
      if (partition.offsetBytes() > disk.sizeBytes() - partition.sizeBytes()) {
        faults.add(
            "partition %d ends at byte %d, the disk at %d: it was cut off or made too small"
                .formatted(
                    partition.number(),
                    partition.offsetBytes() + partition.sizeBytes(),
                    disk.sizeBytes()));
      }
    }
    BootCode code = BootCode.of(sector);
    boolean signed = Fields.little(sector).u16(Mbr.SIGNATURE_OFFSET) == 0xaa55;
    // Unknown code may be no code at all, but the beginning of a file system.
    if (!signed && code != BootCode.EMPTY && code != BootCode.UNKNOWN) {
      faults.add("its first sector has no signature (0x55, 0xAA): no BIOS will start it");
    }
    return faults;
  }
}
