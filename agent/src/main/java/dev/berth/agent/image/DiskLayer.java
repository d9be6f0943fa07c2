package dev.berth.agent.image;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/// The disk in a layer, read as it comes. It ends only when the whole layer was there, had its
/// digest, and held no second disk.
final class DiskLayer extends FilterInputStream {
  private static final Pattern DISK = Pattern.compile("(?:\\./|/)?disk/[^/]+\\.(?:qcow2|img)");
  private static final int BUFFER_BYTES = 64 << 10;

  private final DigestedStream layer;
  private final TarArchiveInputStream archive;
  private final long bytes;
  private boolean ended;

  private DiskLayer(DigestedStream layer, TarArchiveInputStream archive, long bytes) {
    super(archive);
    this.layer = layer;
    this.archive = archive;
    this.bytes = bytes;
  }

  /// Looks for the disk.
  ///
  /// @return empty, and the layer is closed, when there is none
  /// @throws IOException when the layer is not what it should be
  static Optional<DiskLayer> find(DigestedStream layer, boolean isZipped) throws IOException {
    try {
      InputStream buffered = new BufferedInputStream(layer, BUFFER_BYTES);
      TarArchiveInputStream archive =
          new TarArchiveInputStream(
              isZipped ? new GZIPInputStream(buffered, BUFFER_BYTES) : buffered);
      Optional<TarArchiveEntry> entry = next(archive);
      if (entry.isPresent()) {
        return Optional.of(new DiskLayer(layer, archive, entry.get().getSize()));
      }
      layer.finish();
      layer.close();
      return Optional.empty();
    } catch (IOException e) {
      layer.close();
      throw e;
    }
  }

  /// Its length.
  long bytes() {
    return bytes;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read = ended ? -1 : archive.read(buffer, offset, length);
    if (read < 0 && !ended) {
      ended = true;
      if (next(archive).isPresent()) {
        throw new IOException("it holds several disks (expected: one file in /disk)");
      }
      layer.finish();
    }
    return read;
  }

  private static Optional<TarArchiveEntry> next(TarArchiveInputStream archive) throws IOException {
    TarArchiveEntry entry = archive.getNextEntry();
    while (entry != null) {
      if (entry.isFile() && DISK.matcher(entry.getName()).matches()) {
        return Optional.of(entry);
      }
      entry = archive.getNextEntry();
    }
    return Optional.empty();
  }
}
