package dev.berth.agent.disk;

import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/// Names of what partitions are for.
final class PartitionTypes {
  /// Where UEFI looks for boot loaders.
  static final String EFI_SYSTEM = "EFI system";

  private static final Map<String, String> GUIDS =
      Map.ofEntries(
          Map.entry("c12a7328-f81f-11d2-ba4b-00a0c93ec93b", EFI_SYSTEM),
          Map.entry("21686148-6449-6e6f-744e-656564454649", "BIOS boot"),
          Map.entry("0fc63daf-8483-4772-8e79-3d69d8477de4", "Linux file system"),
          Map.entry("4f68bce3-e8cd-4db1-96e7-fbcaf984b709", "Linux root (x86-64)"),
          Map.entry("b921b045-1df0-41c3-af44-4c6f280d3fae", "Linux root (arm64)"),
          Map.entry("44479540-f297-41b2-9af7-d131d5f0458a", "Linux root (x86)"),
          Map.entry("8484680c-9521-48c6-9c11-b0720656f69e", "Linux /usr (x86-64)"),
          Map.entry("bc13c2ff-59e6-4262-a352-b275fd6f7172", "Linux extended boot"),
          Map.entry("933ac7e1-2eb4-4f13-b844-0e14e2aef915", "Linux home"),
          Map.entry("3b8f8425-20e0-4f3b-907f-1a25a76f98e8", "Linux server data"),
          Map.entry("4d21b016-b534-45c2-a9fb-5c16e091fd2d", "Linux variable data"),
          Map.entry("0657fd6d-a4ab-43c4-84e5-0933c84b4f4f", "Linux swap"),
          Map.entry("e6d6d379-f507-44c2-a23c-238f2a3df928", "Linux LVM"),
          Map.entry("a19d880f-05fc-4d3b-a006-743f0f84911e", "Linux RAID"),
          Map.entry("ca7d7ccb-63ed-4c53-861c-1742536059cc", "Linux LUKS"),
          Map.entry("9e1a2d38-c612-4316-aa26-8b49521e5a8b", "PowerPC PReP boot"),
          Map.entry("e3c9e316-0b5c-4db8-817d-f92df00215ae", "Microsoft reserved"),
          Map.entry("ebd0a0a2-b9e5-4433-87c0-68b6b72699c7", "Microsoft basic data"),
          Map.entry("de94bba4-06d1-4d40-a16a-bfd50179d6ac", "Windows recovery"),
          Map.entry("83bd6b9d-7f41-11dc-be0b-001560b84f0f", "FreeBSD boot"),
          Map.entry("516e7cb6-6ecf-11d6-8ff8-00022d09712b", "FreeBSD UFS"));

  private static final Map<Integer, String> NUMBERS =
      Map.ofEntries(
          Map.entry(0x01, "FAT12"),
          Map.entry(0x04, "FAT16"),
          Map.entry(0x05, "extended"),
          Map.entry(0x06, "FAT16"),
          Map.entry(0x07, "NTFS or exFAT"),
          Map.entry(0x0b, "FAT32"),
          Map.entry(0x0c, "FAT32"),
          Map.entry(0x0e, "FAT16"),
          Map.entry(0x0f, "extended"),
          Map.entry(0x17, "hidden NTFS or isohybrid"),
          Map.entry(0x27, "Windows recovery"),
          Map.entry(0x82, "Linux swap"),
          Map.entry(0x83, "Linux"),
          Map.entry(0x85, "extended"),
          Map.entry(0x8e, "Linux LVM"),
          Map.entry(0xa5, "FreeBSD"),
          Map.entry(0xee, "GPT protective"),
          Map.entry(0xef, EFI_SYSTEM),
          Map.entry(0xfd, "Linux RAID"));

  private PartitionTypes() {}

  /// Name of a GUID; the GUID itself when it is not a common one.
  static String name(UUID type) {
    String text = type.toString();
    return GUIDS.getOrDefault(text, text);
  }

  /// Name of a number of the master boot record; "0xNN" when it is not a common one.
  static String name(int type) {
    return NUMBERS.getOrDefault(type, String.format(Locale.ROOT, "0x%02x", type));
  }
}
