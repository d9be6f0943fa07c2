package dev.berth.agent.disk;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Whose code the first sector of a disk holds, which a BIOS runs: recognised by the texts that it
/// would print and by how it begins, not by its length or version.
public enum BootCode {
  /// Nothing to run: all zeros.
  EMPTY("none"),
  /// GRUB 2's boot.img.
  GRUB2("GRUB 2"),
  /// GRUB Legacy's stage 1 (0.9x).
  GRUB_LEGACY("GRUB Legacy"),
  /// SYSLINUX's mbr.bin, altmbr.bin or gptmbr.bin: starts the active partition.
  SYSLINUX("SYSLINUX"),
  /// ISOLINUX's, of a CD's image that boots from a disk as well.
  ISOLINUX("ISOLINUX (isohybrid)"),
  /// Windows Vista and later: starts the active partition.
  WINDOWS("Windows (Vista or later)"),
  /// Windows 2000, XP, 2003: starts the active partition.
  WINDOWS_XP("Windows (2000 to 2003)"),
  /// LILO.
  LILO("LILO"),
  /// Some other code.
  UNKNOWN("unknown");

  /// Behind the code there are the disk's number and the partitions.
  static final int CODE_BYTES = 440;

  private final String title;

  BootCode(String title) {
    this.title = title;
  }

  /// For people: "GRUB 2".
  public String title() {
    return title;
  }

  /// The code of a disk's first sector, of which the first 440 bytes are looked at.
  public static BootCode of(byte[] sector) {
    byte[] code = Arrays.copyOf(sector, CODE_BYTES);
    if (Arrays.equals(code, new byte[CODE_BYTES])) {
      return EMPTY;
    }
    Fields fields = Fields.little(code);
    if (fields.contains("GRUB ") && fields.contains("Geom") && fields.has(0, "\u00eb")) {
      return grub(fields);
    }
    if (fields.has(6, "LILO")) {
      return LILO;
    }
    BootCode isolinux = linuxOnMedia(new String(code, StandardCharsets.ISO_8859_1));
    return isolinux == UNKNOWN ? windows(fields) : isolinux;
  }

  /// Both print the same words. The jump at the beginning tells them apart: it goes over the
  /// parameters, and GRUB 2's are longer.
  private static BootCode grub(Fields code) {
    return code.u8(1) == 0x48 ? GRUB_LEGACY : GRUB2;
  }

  private static BootCode linuxOnMedia(String code) {
    if (code.contains("isolinux.bin missing or corrupt")) {
      return ISOLINUX;
    }
    boolean mbr = code.contains("Missing operating system.\r\n");
    boolean gptMbr = code.contains("Missing OS\r\n");
    return mbr || gptMbr ? SYSLINUX : UNKNOWN;
  }

  /// What it prints depends on its language, its first instructions do not. Vista and later ask
  /// for a trusted platform module, by its name.
  private static BootCode windows(Fields code) {
    if (!code.has(0, "3\u00c0\u008e\u00d0\u00bc\u0000|")) {
      return UNKNOWN;
    }
    if (code.has(7, "\u008e\u00c0\u008e\u00d8") && code.contains("f\u0081\u00fbTCPA")) {
      return WINDOWS;
    }
    return code.has(7, "\u00fbP\u0007P\u001f\u00fc") ? WINDOWS_XP : UNKNOWN;
  }
}
