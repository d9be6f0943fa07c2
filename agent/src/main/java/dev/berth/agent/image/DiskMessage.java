package dev.berth.agent.image;

import com.google.protobuf.ByteString;
import dev.berth.agent.disk.DiskException;
import dev.berth.agent.disk.DiskImage;
import dev.berth.agent.disk.DiskLayout;
import dev.berth.agent.disk.FileSystem;
import dev.berth.agent.disk.Mbr;
import dev.berth.agent.disk.Partition;
import dev.berth.agent.disk.Qcow2Header;
import dev.berth.v1.Disk;
import dev.berth.v1.DiskPartition;
import dev.berth.v1.MasterBootRecord;
import dev.berth.v1.MasterBootRecordEntry;
import dev.berth.v1.PartitionTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What is in a disk, as the API says it.
final class DiskMessage {
  private static final int STAT_BLOCK_BYTES = 512;

  private DiskMessage() {}

  /// @throws DiskException when it cannot be a machine's disk
  static Disk of(Path file) throws IOException, DiskException {
    DiskImage image = DiskImage.inspect(file);
    DiskLayout layout = image.layout();
    Disk.Builder disk =
        Disk.newBuilder()
            .setFormat(image.format().title())
            .setVirtualSizeBytes(image.virtualSizeBytes())
            .setAllocatedBytes(allocated(file, image.fileBytes()))
            .setPartitionTable(
                switch (layout.table()) {
                  case NONE -> PartitionTable.PARTITION_TABLE_NONE;
                  case MBR -> PartitionTable.PARTITION_TABLE_MBR;
                  case GPT -> PartitionTable.PARTITION_TABLE_GPT;
                })
            .setBootCode(layout.bootCode().title())
            .setFileSystem(title(layout.wholeDisk()))
            .addAllFaults(layout.faults());
    for (Partition partition : layout.partitions()) {
      disk.addPartitions(message(partition));
    }
    image.qcow2().ifPresent(header -> details(header, disk));
    byte[] sector = DiskImage.firstSector(file);
    if (sector.length == STAT_BLOCK_BYTES) {
      Mbr.parse(sector).ifPresent(mbr -> disk.setMbr(message(mbr, sector)));
    }
    return disk.build();
  }

  private static void details(Qcow2Header header, Disk.Builder disk) {
    disk.putFormatDetails("version", Integer.toString(header.version()))
        .putFormatDetails("cluster_bytes", Integer.toString(header.clusterBytes()))
        .putFormatDetails("compression", header.features().compressionName());
    if (header.snapshots() > 0) {
      disk.putFormatDetails("snapshots", Integer.toString(header.snapshots()));
    }
  }

  private static MasterBootRecord message(Mbr mbr, byte[] sector) {
    MasterBootRecord.Builder message =
        MasterBootRecord.newBuilder()
            .setDiskId(mbr.diskId())
            .setProtective(mbr.isProtective())
            .setSector(ByteString.copyFrom(sector));
    for (Mbr.Entry entry : mbr.entries()) {
      message.addEntries(
          MasterBootRecordEntry.newBuilder()
              .setBootable(entry.bootable())
              .setType(entry.type())
              .setFirstSector(entry.firstSector())
              .setSectors(entry.sectors()));
    }
    return message.build();
  }

  private static DiskPartition message(Partition partition) {
    return DiskPartition.newBuilder()
        .setNumber(partition.number())
        .setOffsetBytes(partition.offsetBytes())
        .setSizeBytes(partition.sizeBytes())
        .setType(partition.type())
        .setLabel(partition.label())
        .setBootable(partition.bootable())
        .setFileSystem(title(partition.fileSystem()))
        .build();
  }

  private static String title(FileSystem fileSystem) {
    return fileSystem == FileSystem.NONE ? "" : fileSystem.title();
  }

  /// What `du` says; the length where the file system does not tell.
  private static long allocated(Path file, long length) throws IOException {
    try {
      return Files.getAttribute(file, "unix:blocks") instanceof Number blocks
          ? blocks.longValue() * STAT_BLOCK_BYTES
          : length;
    } catch (UnsupportedOperationException | IllegalArgumentException _) {
      return length;
    }
  }
}
