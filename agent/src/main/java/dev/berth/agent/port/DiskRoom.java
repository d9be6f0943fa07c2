package dev.berth.agent.port;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/// Room on a file system, as df counts it: what is kept back for root is neither used nor free.
///
/// @param totalBytes used or free
/// @param usableBytes free: that may still be written
public record DiskRoom(long totalBytes, long usableBytes) {
  /// Looks at a file system.
  public interface Gauge {
    /// The room on a directory's file system.
    ///
    /// @throws IOException when it cannot be read
    DiskRoom room(Path directory) throws IOException;
  }

  /// The room on a directory's file system now.
  ///
  /// @throws IOException when it cannot be read
  public static DiskRoom at(Path directory) throws IOException {
    return of(Files.getFileStore(directory));
  }

  /// @throws IOException when it cannot be read
  static DiskRoom of(FileStore store) throws IOException {
    long used = store.getTotalSpace() - store.getUnallocatedSpace();
    return new DiskRoom(used + store.getUsableSpace(), store.getUsableSpace());
  }

  /// What is used.
  public long usedBytes() {
    return totalBytes - usableBytes;
  }

  /// The same after something was removed.
  public DiskRoom without(long bytes) {
    return new DiskRoom(totalBytes, usableBytes + bytes);
  }

  /// Whether more than a share of it is used; never where the size is not known.
  public boolean isAbove(int percent) {
    // As a fraction: a hundred times the bytes of a large disk may be too large a number.
    return totalBytes > 0 && (double) usedBytes() / totalBytes > percent / 100.0;
  }
}
