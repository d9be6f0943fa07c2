package dev.berth.cli.image;

import dev.berth.cli.term.Table;
import dev.berth.spec.Printable;
import dev.berth.spec.Quantity;
import dev.berth.v1.Disk;
import dev.berth.v1.DiskPartition;
import dev.berth.v1.Image;
import dev.berth.v1.MasterBootRecord;
import dev.berth.v1.MasterBootRecordEntry;
import dev.berth.v1.PartitionTable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// A disk image in words.
final class DiskText {
  private static final int NAME_WIDTH = 18;
  private static final int SIGNATURE_OFFSET = 510;

  private DiskText() {}

  /// @param copies the same image on each of the nodes; at least one
  static String of(List<Image> copies, List<String> nodes) {
    Image image = copies.getFirst();
    TreeSet<String> names = new TreeSet<>();
    TreeSet<String> users = new TreeSet<>();
    for (Image copy : copies) {
      names.addAll(copy.getNamesList());
      users.addAll(copy.getUsedByList());
    }
    StringBuilder out = new StringBuilder();
    line(out, "Names", String.join(", ", names));
    line(out, "Nodes", String.join(", ", nodes));
    line(out, "SHA-256", image.getSha256());
    line(out, "File", bytes(image.getSizeBytes()));
    line(out, "Used by", String.join(", ", users));
    line(out, "No disk", image.getDiskProblem());
    if (image.hasDisk()) {
      disk(out, image.getDisk());
    }
    return out.toString();
  }

  private static void disk(StringBuilder out, Disk disk) {
    line(out, "Room on the node", bytes(disk.getAllocatedBytes()));
    line(out, "Format", disk.getFormat() + details(disk.getFormatDetailsMap()));
    line(out, "Virtual size", bytes(disk.getVirtualSizeBytes()));
    line(out, "Boot loader", disk.getBootCode());
    line(out, "Partition table", table(disk.getPartitionTable()));
    line(out, "File system", disk.getFileSystem());
    disk.getFaultsList().forEach(fault -> line(out, "Fault", fault));
    if (disk.hasMbr()) {
      masterBootRecord(out, disk.getMbr(), disk.getBootCode());
    }
    if (disk.getPartitionsCount() > 0) {
      out.append("Partitions:\n").append(indented(partitions(disk.getPartitionsList())));
    }
  }

  private static void masterBootRecord(StringBuilder out, MasterBootRecord mbr, String code) {
    out.append("Master boot record:\n");
    line(out, "  Code", code);
    line(out, "  Disk id", "0x%08x".formatted(mbr.getDiskId()));
    line(out, "  Signature", signature(mbr));
    if (mbr.getProtective()) {
      line(out, "  Protective", "yes: the partitions are in the GUID partition table");
    }
    Table entries = new Table("ENTRY", "ACTIVE", "TYPE", "FIRST SECTOR", "SECTORS");
    int number = 0;
    for (MasterBootRecordEntry entry : mbr.getEntriesList()) {
      number++;
      if (entry.getType() != 0) {
        entries.row(
            Integer.toString(number),
            entry.getBootable() ? "yes" : "no",
            "0x%02x".formatted(entry.getType()),
            Long.toString(entry.getFirstSector()),
            Long.toString(entry.getSectors()));
      }
    }
    out.append(indented(entries));
  }

  private static String signature(MasterBootRecord mbr) {
    return mbr.getSector().size() < SIGNATURE_OFFSET + 2
        ? ""
        : "0x%02x 0x%02x"
            .formatted(
                mbr.getSector().byteAt(SIGNATURE_OFFSET) & 0xff,
                mbr.getSector().byteAt(SIGNATURE_OFFSET + 1) & 0xff);
  }

  private static Table partitions(List<DiskPartition> partitions) {
    Table table = new Table("NUMBER", "OFFSET", "SIZE", "TYPE", "FILE SYSTEM", "BOOT", "LABEL");
    for (DiskPartition each : partitions) {
      table.row(
          Integer.toString(each.getNumber()),
          Quantity.roundedMemory(each.getOffsetBytes()),
          Quantity.roundedMemory(each.getSizeBytes()),
          each.getType(),
          each.getFileSystem().isEmpty() ? "-" : each.getFileSystem(),
          each.getBootable() ? "yes" : "no",
          each.getLabel());
    }
    return table;
  }

  private static String table(PartitionTable table) {
    return switch (table) {
      case PARTITION_TABLE_NONE -> "none";
      case PARTITION_TABLE_MBR -> "MBR";
      case PARTITION_TABLE_GPT -> "GPT";
      case PARTITION_TABLE_UNSPECIFIED, UNRECOGNIZED -> "unknown";
    };
  }

  private static String details(Map<String, String> details) {
    return details.isEmpty()
        ? ""
        : new TreeMap<>(details)
            .entrySet().stream()
                .map(entry -> entry.getKey().replace('_', ' ') + " " + entry.getValue())
                .collect(Collectors.joining(", ", " (", ")"));
  }

  private static String bytes(long bytes) {
    return Quantity.roundedMemory(bytes) + " (" + Long.toUnsignedString(bytes) + " bytes)";
  }

  private static String indented(Table table) {
    return table.text(Integer.MAX_VALUE).indent(2);
  }

  private static void line(StringBuilder out, String name, String value) {
    if (!value.isEmpty()) {
      out.append(name).append(':').repeat(' ', Math.max(1, NAME_WIDTH - name.length()));
      out.append(Printable.escape(value)).append('\n');
    }
  }
}
