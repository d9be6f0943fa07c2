package dev.berth.agent.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// What kind of file an image is, by its first bytes.
public enum ImageFormat {
  /// The disk's bytes as they are; also what nothing else was recognised in.
  RAW("raw", ""),
  /// QEMU's format, version 2 or 3.
  QCOW2("qcow2", ""),
  /// QEMU's first format.
  QCOW("qcow, version 1", Advice.CONVERT),
  /// QEMU's enhanced disk.
  QED("QED", Advice.CONVERT),
  /// VMware's.
  VMDK("VMDK (VMware)", Advice.CONVERT),
  /// VirtualBox's.
  VDI("VDI (VirtualBox)", Advice.CONVERT),
  /// Hyper-V's.
  VHDX("VHDX (Hyper-V)", Advice.CONVERT),
  /// Virtual PC's and Azure's.
  VHD("VHD (Virtual PC, Azure)", Advice.CONVERT),
  /// A CD or DVD that a hard disk's firmware could not start.
  ISO(
      "an ISO 9660 medium (CD or DVD)",
      "it cannot be booted as a hard disk; use a disk image, for instance a cloud image"),
  /// Compressed by gzip.
  GZIP("compressed by gzip", "decompress it first: gunzip FILE"),
  /// Compressed by xz.
  XZ("compressed by xz", "decompress it first: unxz FILE"),
  /// Compressed by bzip2.
  BZIP2("compressed by bzip2", "decompress it first: bunzip2 FILE"),
  /// Compressed by Zstandard.
  ZSTD("compressed by zstd", "decompress it first: unzstd FILE"),
  /// A ZIP archive.
  ZIP("a ZIP archive", "take the disk image out of it first: unzip FILE"),
  /// A tar archive, such as an OVA.
  TAR(
      "a tar archive (perhaps an OVA)",
      "take the disk image out of it first (tar -xf FILE), then qemu-img convert -O qcow2 …"),
  /// A web page.
  HTML("a web page", "the download led to a page, not to an image; take the image's own address");

  private static final class Advice {
    static final String CONVERT = "convert it first: qemu-img convert -O qcow2 FILE FILE.qcow2";
  }

  private static final int HEAD_BYTES = 1 << 10;
  private static final int ISO_DESCRIPTOR = 32 << 10;

  private final String title;
  private final String advice;

  ImageFormat(String title, String advice) {
    this.title = title;
    this.advice = advice;
  }

  /// For people: "VMDK (VMware)".
  public String title() {
    return title;
  }

  /// For people: what to do with it first, with FILE for its name; empty when it can be used.
  public String advice() {
    return advice;
  }

  /// The format of a file.
  ///
  /// An ISO 9660 file system behind a boot sector for hard disks ("isohybrid") counts as
  /// [#RAW]: it boots from a disk as well.
  static ImageFormat of(GuestBytes file) throws IOException, DiskException {
    Fields head = Fields.big(file.readUpTo(0, HEAD_BYTES));
    if (head.has(0, "QFI\u00fb")) {
      return head.i32(4) == 1 ? QCOW : QCOW2;
    }
    ImageFormat packed = packed(head);
    if (packed != RAW) {
      return packed;
    }
    ImageFormat disk = disk(head);
    if (disk != RAW) {
      return disk;
    }
    boolean bootsFromDisk = head.u16(510) == 0x55aa;
    Fields descriptor = Fields.big(file.readUpTo(ISO_DESCRIPTOR, 8));
    return descriptor.has(1, "CD001") && !bootsFromDisk ? ISO : RAW;
  }

  private static ImageFormat disk(Fields head) {
    if (head.has(0, "KDMV") || head.has(0, "COWD") || head.has(0, "# Disk DescriptorFile")) {
      return VMDK;
    }
    if (head.has(0, "vhdxfile")) {
      return VHDX;
    }
    if (head.has(0, "conectix")) {
      return VHD;
    }
    if (head.has(0, "QED\0")) {
      return QED;
    }
    return head.has(64, "\u007f\u0010\u00da\u00be") ? VDI : RAW;
  }

  private static ImageFormat packed(Fields head) {
    if (head.has(0, "\u001f\u008b\u0008")) {
      return GZIP;
    }
    if (head.has(0, "\u00fd7zXZ\0")) {
      return XZ;
    }
    if (head.has(0, "BZh") && head.has(4, "1AY&SY")) {
      return BZIP2;
    }
    if (head.has(0, "(\u00b5/\u00fd")) {
      return ZSTD;
    }
    if (head.has(0, "PK\u0003\u0004")) {
      return ZIP;
    }
    if (head.has(257, "ustar")) {
      return TAR;
    }
    String start = new String(head.slice(0, 64), StandardCharsets.ISO_8859_1);
    String text = start.stripLeading().toLowerCase(Locale.ROOT);
    return text.startsWith("<!doctype html") || text.startsWith("<html") ? HTML : RAW;
  }
}
