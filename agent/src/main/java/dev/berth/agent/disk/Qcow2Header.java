package dev.berth.agent.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The header of a qcow2 image, checked against the file that it is of.
///
/// @param version 2 or 3
/// @param virtualSizeBytes size of the disk as the guest sees it, up to 64 TiB
/// @param clusterBits logarithm of a cluster's bytes, 9 to 21
/// @param l1 where the active table of the first level is; within the file, large enough
/// @param backingFile name of the file that holds what this one does not; empty when there is none
/// @param features what changes how the image is read
/// @param snapshots how many internal snapshots it holds
public record Qcow2Header(
    int version,
    long virtualSizeBytes,
    int clusterBits,
    Table l1,
    String backingFile,
    Qcow2Features features,
    int snapshots) {
  /// Largest disk that is accepted.
  public static final long MOST_VIRTUAL_BYTES = 64L << 40;

  private static final int V2_BYTES = 72;
  private static final int V3_BYTES = 104;
  private static final int LEAST_CLUSTER_BITS = 9;
  private static final int MOST_CLUSTER_BITS = 21;
  private static final int LEAST_EXTENDED_CLUSTER_BITS = 14;
  private static final int MOST_NAME_BYTES = 1023;
  private static final int MOST_SNAPSHOTS = 65536;
  private static final long MOST_L1_ENTRIES = (32 << 20) / Long.BYTES;
  private static final long MOST_REFCOUNT_TABLE_BYTES = 8 << 20;

  /// A table in the file.
  ///
  /// @param offset in bytes
  /// @param entries of eight bytes each
  public record Table(long offset, int entries) {}

  /// Bytes of a cluster, 512 to 2 MiB.
  public int clusterBytes() {
    return 1 << clusterBits;
  }

  /// Whether a backing file is needed.
  public boolean hasBackingFile() {
    return !backingFile.isEmpty();
  }

  /// Reads the header of a file.
  ///
  /// @throws DiskException when the file is no qcow2 image, or its header contradicts itself or
  ///     the file
  static Qcow2Header read(GuestBytes file) throws IOException, DiskException {
    Fields fields = Fields.big(file.readUpTo(0, V3_BYTES + Long.BYTES));
    int version = fields.i32(4);
    if (!fields.has(0, "QFI\u00fb") || version < 2 || version > 3) {
      throw new DiskException(
          "it is no qcow2 image of version 2 or 3: convert it, qemu-img convert -O qcow2 FILE"
              + " FILE.qcow2");
    }
    if (file.sizeBytes() < V2_BYTES) {
      throw cutOff("header", 0, file.sizeBytes());
    }
    int clusterBits = fields.i32(20);
    if (clusterBits < LEAST_CLUSTER_BITS || clusterBits > MOST_CLUSTER_BITS) {
      throw damaged("clusters of 2^%d bytes (expected: 2^9 to 2^21)".formatted(clusterBits));
    }
    long headerBytes = version == 2 ? V2_BYTES : fields.u32(100);
    boolean odd = version > 2 && (headerBytes < V3_BYTES || headerBytes % 8 != 0);
    if (odd || headerBytes > 1L << clusterBits) {
      throw damaged("a header of %d bytes".formatted(headerBytes));
    }
    if (headerBytes > file.sizeBytes()) {
      throw cutOff("header", 0, file.sizeBytes());
    }
    Qcow2Header header =
        new Qcow2Header(
            version,
            size(fields),
            clusterBits,
            l1(fields),
            backingFile(fields, file, clusterBits),
            features(fields, headerBytes),
            snapshots(fields));
    header.requireSense(fields, file.sizeBytes());
    return header;
  }

  /// Refuses what cannot be a machine's disk: an image that needs another file, is encrypted,
  /// damaged, or in use.
  ///
  /// @throws DiskException that says all that is wrong with it
  void requireUsable() throws DiskException {
    List<String> obstacles = new ArrayList<>(features.obstacles());
    if (hasBackingFile()) {
      obstacles.add(
          "it needs its backing file \"%s\", which does not come with it: make one file of both,"
                  .formatted(Fields.printable(backingFile))
              + " qemu-img convert -O qcow2 FILE FILE.qcow2");
    }
    if (!obstacles.isEmpty()) {
      throw new DiskException(String.join("; ", obstacles));
    }
  }

  private static long size(Fields fields) throws DiskException {
    long size = fields.i64(24);
    if (size <= 0 || size > MOST_VIRTUAL_BYTES) {
      throw new DiskException(
          "its disk has %s bytes (expected: 1 to %d, which is 64 TiB)"
              .formatted(Long.toUnsignedString(size), MOST_VIRTUAL_BYTES));
    }
    return size;
  }

  private static Table l1(Fields fields) throws DiskException {
    long entries = fields.u32(36);
    if (entries > MOST_L1_ENTRIES) {
      throw damaged(
          "an L1 table of %d entries (expected: at most %d)".formatted(entries, MOST_L1_ENTRIES));
    }
    return new Table(fields.i64(40), (int) entries);
  }

  private static String backingFile(Fields fields, GuestBytes file, int clusterBits)
      throws IOException, DiskException {
    long offset = fields.i64(8);
    if (offset == 0) {
      return "";
    }
    long length = fields.u32(16);
    if (length == 0 || length > MOST_NAME_BYTES) {
      throw damaged("a backing file's name of %d bytes".formatted(length));
    }
    if (offset < V2_BYTES || offset > (1L << clusterBits) - length) {
      throw damaged("a backing file's name outside of its first cluster");
    }
    return new String(file.read(offset, (int) length), StandardCharsets.UTF_8);
  }

  private static Qcow2Features features(Fields fields, long headerBytes) throws DiskException {
    boolean versionTwo = headerBytes == V2_BYTES;
    long refcountOrder = versionTwo ? 4 : fields.u32(96);
    if (refcountOrder > 6) {
      throw damaged("reference counts of 2^%d bits".formatted(refcountOrder));
    }
    return new Qcow2Features(
        versionTwo ? 0 : fields.i64(72),
        fields.u32(32),
        headerBytes > V3_BYTES ? fields.u8(V3_BYTES) : 0);
  }

  private static int snapshots(Fields fields) throws DiskException {
    long snapshots = fields.u32(60);
    if (snapshots > MOST_SNAPSHOTS) {
      throw damaged("%d snapshots (expected: at most %d)".formatted(snapshots, MOST_SNAPSHOTS));
    }
    return (int) snapshots;
  }

  private void requireSense(Fields fields, long fileBytes) throws DiskException {
    boolean extended = features.hasExtendedL2();
    if (extended && clusterBits < LEAST_EXTENDED_CLUSTER_BITS) {
      throw damaged("extended L2 entries in clusters of 2^%d bytes".formatted(clusterBits));
    }
    long perTable = clusterBytes() / (extended ? 16 : 8);
    long clusters = ((virtualSizeBytes - 1) >>> clusterBits) + 1;
    long needed = (clusters - 1) / perTable + 1;
    if (l1.entries() < needed) {
      throw damaged("an L1 table of %d entries instead of %d".formatted(l1.entries(), needed));
    }
    requireInside("L1 table", l1.offset(), (long) l1.entries() * Long.BYTES, fileBytes);
    long refcountBytes = fields.u32(56) << clusterBits;
    if (refcountBytes == 0 || refcountBytes > MOST_REFCOUNT_TABLE_BYTES) {
      throw damaged("a table of reference counts of %d bytes".formatted(refcountBytes));
    }
    requireInside("table of reference counts", fields.i64(48), refcountBytes, fileBytes);
    if (snapshots > 0) {
      requireInside("table of snapshots", fields.i64(64), 40L * snapshots, fileBytes);
    }
  }

  private void requireInside(String what, long offset, long bytes, long fileBytes)
      throws DiskException {
    if (offset <= 0 || offset % clusterBytes() != 0) {
      throw damaged("a %s at byte %s".formatted(what, Long.toUnsignedString(offset)));
    }
    if (offset > fileBytes - bytes) {
      throw cutOff(what, offset, fileBytes);
    }
  }

  private static DiskException cutOff(String what, long offset, long fileBytes) {
    return new DiskException(
        "its %s at byte %d goes beyond the file's %d bytes: it is cut off; copy it again"
            .formatted(what, offset, fileBytes));
  }

  private static DiskException damaged(String what) {
    return new DiskException(
        "its header says " + what + ": it is damaged; copy it again, or try qemu-img check FILE");
  }
}
