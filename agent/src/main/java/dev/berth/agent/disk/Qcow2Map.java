package dev.berth.agent.disk;

import java.io.IOException;

/// The two levels of tables of a qcow2 image that say where in the file a guest's cluster is.
final class Qcow2Map {
  /// A machine's disk of 64 GiB has 8 MiB of tables.
  private static final long MOST_CHECKED_BYTES = 64 << 20;

  private static final int PIECE_BYTES = 64 << 10;
  private static final long OFFSET_MASK = 0x00ff_ffff_ffff_fe00L;
  private static final long COMPRESSED = 1L << 62;
  private static final int SUBCLUSTERS = 32;

  private final GuestBytes file;
  private final Qcow2Header header;

  Qcow2Map(GuestBytes file, Qcow2Header header) {
    this.file = file;
    this.header = header;
  }

  /// Where a part of a guest's cluster is.
  sealed interface Place {
    /// Nowhere: it is all zeros.
    record Zeros() implements Place {}

    /// As it is.
    ///
    /// @param offset of the cluster's first byte; within the file, though its end need not be
    record Plain(long offset) implements Place {}

    /// Compressed.
    ///
    /// @param offset of the first compressed byte; within the file
    /// @param bytes most compressed bytes
    record Compressed(long offset, int bytes) implements Place {}
  }

  /// Finds a place.
  ///
  /// @param cluster number of the guest's cluster, within the disk
  /// @param within offset in the cluster
  Place find(long cluster, int within) throws IOException, DiskException {
    int entryBytes = entryBytes();
    long perTable = header.clusterBytes() / entryBytes;
    long table = table(number(header.l1().offset() + cluster / perTable * Long.BYTES));
    if (table == 0) {
      return new Place.Zeros();
    }
    Fields entry = Fields.big(file.read(table + cluster % perTable * entryBytes, entryBytes));
    long descriptor = entry.i64(0);
    if ((descriptor & COMPRESSED) != 0) {
      return compressed(descriptor);
    }
    if (isZero(descriptor, entry.i64(8), within)) {
      return new Place.Zeros();
    }
    return plain(descriptor);
  }

  /// Bytes from an offset in a cluster on that are certainly in one place.
  int together(int within) {
    int unit = header.clusterBytes() / (header.features().hasExtendedL2() ? SUBCLUSTERS : 1);
    return unit - within % unit;
  }

  /// Looks whether the tables and what they point at are within the file, up to a bound of tables:
  /// finds files that were cut off.
  void requireComplete() throws IOException, DiskException {
    long left = MOST_CHECKED_BYTES;
    long end = header.l1().offset() + (long) header.l1().entries() * Long.BYTES;
    for (long at = header.l1().offset(); at < end; at += PIECE_BYTES) {
      int length = (int) Math.min(PIECE_BYTES, end - at);
      Fields piece = Fields.big(file.read(at, length));
      for (int i = 0; i < length; i += Long.BYTES) {
        long table = table(piece.i64(i));
        if (table != 0 && left > 0) {
          left -= header.clusterBytes();
          requireComplete(table);
        }
      }
    }
  }

  private void requireComplete(long table) throws IOException, DiskException {
    for (int at = 0; at < header.clusterBytes(); at += PIECE_BYTES) {
      int length = Math.min(PIECE_BYTES, header.clusterBytes() - at);
      Fields piece = Fields.big(file.read(table + at, length));
      for (int i = 0; i < length; i += entryBytes()) {
        long descriptor = piece.i64(i);
        if ((descriptor & COMPRESSED) != 0) {
          var _ = compressed(descriptor);
        } else if (!isZero(descriptor, piece.i64(i + 8), 0)) {
          var _ = plain(descriptor);
        }
      }
    }
  }

  private int entryBytes() {
    return header.features().hasExtendedL2() ? 16 : 8;
  }

  private boolean isZero(long descriptor, long bitmap, int within) {
    if ((descriptor & OFFSET_MASK) == 0) {
      return true;
    }
    if (!header.features().hasExtendedL2()) {
      return (descriptor & 1) != 0;
    }
    int subcluster = within / (header.clusterBytes() / SUBCLUSTERS);
    boolean allocated = (bitmap >>> subcluster & 1) != 0;
    boolean zero = (bitmap >>> (SUBCLUSTERS + subcluster) & 1) != 0;
    return zero || !allocated;
  }

  /// The table of the second level that an entry of the first points at; 0: none.
  private long table(long entry) throws DiskException {
    long table = entry & OFFSET_MASK;
    if (table % header.clusterBytes() != 0) {
      throw damaged("a table at byte " + table);
    }
    if (table > file.sizeBytes() - header.clusterBytes()) {
      throw cutOff("a table", table);
    }
    return table;
  }

  private Place plain(long descriptor) throws DiskException {
    long offset = descriptor & OFFSET_MASK;
    if (offset % header.clusterBytes() != 0) {
      throw damaged("a cluster at byte " + offset);
    }
    // The end of the last one may be missing: QEMU reads zeros there.
    if (offset >= file.sizeBytes()) {
      throw cutOff("a cluster", offset);
    }
    return new Place.Plain(offset);
  }

  private Place compressed(long descriptor) throws DiskException {
    int sizeBits = header.clusterBits() - 8;
    int offsetBits = 62 - sizeBits;
    long offset = descriptor & ((1L << offsetBits) - 1);
    int sectors = (int) (descriptor >>> offsetBits & ((1L << sizeBits) - 1)) + 1;
    if (offset >= file.sizeBytes()) {
      throw cutOff("a compressed cluster", offset);
    }
    int bytes = sectors * 512 - (int) (offset % 512);
    return new Place.Compressed(offset, (int) Math.min(bytes, file.sizeBytes() - offset));
  }

  private long number(long offset) throws IOException, DiskException {
    return Fields.big(file.read(offset, Long.BYTES)).i64(0);
  }

  private static DiskException damaged(String what) {
    return new DiskException(
        "its tables say %s, where none can be: it is damaged; copy it again, or try qemu-img check"
                .formatted(what)
            + " -r all FILE");
  }

  private DiskException cutOff(String what, long offset) {
    return new DiskException(
        "%s should be at byte %d, but the file has only %d: it is cut off; copy it again"
            .formatted(what, offset, file.sizeBytes()));
  }
}
