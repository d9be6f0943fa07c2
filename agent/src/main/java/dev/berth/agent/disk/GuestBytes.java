package dev.berth.agent.disk;

import java.io.IOException;

/// Bytes that can be read at any place: a disk as its guest sees it, or a file.
public interface GuestBytes {
  /// Most bytes of one read.
  int MOST_READ_BYTES = 1 << 20;

  /// How many bytes there are.
  long sizeBytes();

  /// Reads exactly so many bytes.
  ///
  /// @param offset from 0
  /// @param length 0 to [#MOST_READ_BYTES]
  /// @throws DiskException when some of them are beyond the end, or the image is damaged there
  /// @throws IOException when the file cannot be read
  byte[] read(long offset, int length) throws IOException, DiskException;

  /// Reads so many bytes, or fewer where the end is nearer; none beyond it.
  default byte[] readUpTo(long offset, int length) throws IOException, DiskException {
    long left = offset < 0 ? 0 : Math.max(0, sizeBytes() - offset);
    return left == 0 ? new byte[0] : read(offset, (int) Math.min(left, length));
  }

  /// What every implementation asks of a read.
  ///
  /// @throws DiskException when it is not within the bounds
  default void requireInside(long offset, int length) throws DiskException {
    if (offset < 0 || length < 0 || length > MOST_READ_BYTES || offset > sizeBytes() - length) {
      throw new DiskException(
          "%d bytes from byte %d on are needed, but there are only %d: it is cut off or damaged;"
                  .formatted(length, offset, sizeBytes())
              + " copy it again");
    }
  }
}
