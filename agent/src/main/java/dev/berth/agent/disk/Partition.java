package dev.berth.agent.disk;

/// A partition of a disk.
///
/// @param number as Linux counts, from 1; logical ones from 5
/// @param offsetBytes where it begins
/// @param sizeBytes its length
/// @param type what it is for: "Linux file system", "EFI system"; a GUID or "0xNN" when not common
/// @param label the name in a GUID partition table; may be empty
/// @param bootable whether a BIOS's boot loader is to start it
/// @param fileSystem what it is formatted with
public record Partition(
    int number,
    long offsetBytes,
    long sizeBytes,
    String type,
    String label,
    boolean bootable,
    FileSystem fileSystem) {
  /// Whether it is where UEFI looks for boot loaders.
  public boolean isEfiSystem() {
    return type.equals(PartitionTypes.EFI_SYSTEM);
  }
}
