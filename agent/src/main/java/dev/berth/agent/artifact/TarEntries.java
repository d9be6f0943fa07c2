package dev.berth.agent.artifact;

import dev.berth.agent.image.MeteredInput;
import java.io.BufferedInputStream;
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

  private final MeteredInput bytes;
  private final TarArchiveInputStream tar;

  /// Up to where in the archive it may be read for now.
  private long bound = HEADER_MAX;

  private TarEntries(InputStream archive) {
    bytes = new MeteredInput(archive, this::passed);
    tar = new TarArchiveInputStream(bytes, StandardCharsets.UTF_8.name());
  }

  private void passed(long total) throws IOException {
    if (total > bound) {
      throw new IOException("the names or attributes of an entry are larger than a mebibyte");
    }
  }

  /// @param zipped whether it is compressed by gzip
  /// @throws RefusedArchiveException when it is not
  static TarEntries open(Path archive, boolean zipped) throws IOException {
    InputStream file = new BufferedInputStream(Files.newInputStream(archive), BUFFER_BYTES);
    try {
      return new TarEntries(zipped ? unzipped(file) : file);
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
      bound = bytes.total() + HEADER_MAX;
      TarArchiveEntry entry = tar.getNextEntry();
      bound = Long.MAX_VALUE;
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
}
