package dev.berth.agent.artifact;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;

/// The entries of a tar archive that a stranger wrote, one after another.
final class TarEntries implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 << 10;
  // All that stands before an entry's content: names and attributes are kept in memory.
  private static final long HEADER_MAX = 1 << 20;

  private final Rationed bytes;
  private final TarArchiveInputStream tar;

  private TarEntries(Rationed bytes, TarArchiveInputStream tar) {
    this.bytes = bytes;
    this.tar = tar;
  }

  /// @param zipped whether it is compressed by gzip
  /// @throws RefusedArchiveException when it is not
  static TarEntries open(Path archive, boolean zipped) throws IOException {
    InputStream file = new BufferedInputStream(Files.newInputStream(archive), BUFFER_BYTES);
    try {
      Rationed bytes = new Rationed(zipped ? unzipped(file) : file);
      return new TarEntries(bytes, new TarArchiveInputStream(bytes, StandardCharsets.UTF_8.name()));
    } catch (RefusedArchiveException e) {
      file.close();
      throw e;
    }
  }

  private static InputStream unzipped(InputStream file) throws RefusedArchiveException {
    try {
      return new GZIPInputStream(file, BUFFER_BYTES);
    } catch (IOException e) {
      throw new RefusedArchiveException("it is not compressed by gzip: " + e.getMessage(), e);
    }
  }

  /// The next one; null: there is none.
  ///
  /// @throws RefusedArchiveException when the archive is broken
  @Nullable TarArchiveEntry next() throws RefusedArchiveException, InterruptedException {
    try {
      passContent();
      bytes.ration = HEADER_MAX;
      TarArchiveEntry entry = tar.getNextEntry();
      bytes.ration = Long.MAX_VALUE;
      return entry;
    } catch (IOException | IllegalArgumentException e) {
      throw new RefusedArchiveException("it is no whole tar archive: " + e.getMessage(), e);
    }
  }

  /// What nobody wanted of the last entry is no part of the next one's names.
  private void passContent() throws IOException, InterruptedException {
    if (tar.getCurrentEntry() == null) {
      return;
    }
    byte[] buffer = new byte[BUFFER_BYTES];
    while (tar.read(buffer) >= 0) {
      PlacedTree.stopIfInterrupted();
    }
  }

  /// What is in the entry that came last.
  InputStream content() {
    return tar;
  }

  /// Whether an entry is a file.
  static boolean isRegular(TarArchiveEntry entry) {
    return switch (entry.getLinkFlag()) {
      case TarConstants.LF_NORMAL, TarConstants.LF_OLDNORM, TarConstants.LF_CONTIG -> true;
      default -> entry.isSparse();
    };
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }

  /// Gives no more than it may for now.
  private static final class Rationed extends FilterInputStream {
    private long ration = HEADER_MAX;

    Rationed(InputStream from) {
      super(from);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = super.read(into, offset, length);
      ration -= Math.max(0, read);
      if (ration < 0) {
        throw new IOException("the names or attributes of an entry are larger than a mebibyte");
      }
      return read;
    }

    @Override
    public long skip(long count) throws IOException {
      // What is skipped counts as well.
      return Math.max(0, read(new byte[(int) Math.min(count, BUFFER_BYTES)]));
    }
  }
}
