package dev.berth.agent.artifact;

import dev.berth.spec.Printable;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/// Places what is in an archive.
///
/// @param below directory of the tree that it goes to; empty: the tree itself
/// @param tree what is filled
public record Unpacking(String below, PlacedTree tree) {
  private static final int BUFFER_BYTES = 64 << 10;
  // All that stands before an entry's content: names and attributes are kept in memory.
  private static final long HEADER_MAX = 1 << 20;
  private static final int LINK_MAX = 4096;
  private static final int FILE_MODE = 0644;
  private static final int DIRECTORY_MODE = 0755;

  /// A tar archive.
  ///
  /// @param zipped whether it is compressed by gzip
  /// @throws RefusedArchiveException when it is broken, or may not be placed
  public void tar(Path archive, boolean zipped) throws IOException, InterruptedException {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(archive), BUFFER_BYTES);
        Rationed bytes = new Rationed(zipped ? unzipped(file) : file);
        TarArchiveInputStream tar =
            new TarArchiveInputStream(bytes, StandardCharsets.UTF_8.name())) {
      begin();
      for (TarArchiveEntry entry = next(tar, bytes); entry != null; entry = next(tar, bytes)) {
        place(tar, entry);
      }
    }
  }

  private static InputStream unzipped(InputStream file) throws RefusedArchiveException {
    try {
      return new GZIPInputStream(file, BUFFER_BYTES);
    } catch (IOException e) {
      throw new RefusedArchiveException("it is not compressed by gzip: " + e.getMessage(), e);
    }
  }

  private static @Nullable TarArchiveEntry next(TarArchiveInputStream tar, Rationed bytes)
      throws RefusedArchiveException {
    try {
      bytes.ration = HEADER_MAX;
      TarArchiveEntry entry = tar.getNextEntry();
      bytes.ration = Long.MAX_VALUE;
      return entry;
    } catch (IOException | IllegalArgumentException e) {
      throw new RefusedArchiveException("it is no whole tar archive: " + e.getMessage(), e);
    }
  }

  private void place(TarArchiveInputStream tar, TarArchiveEntry entry)
      throws IOException, InterruptedException {
    String path = path(entry.getName());
    if (entry.isDirectory()) {
      tree.directory(path, entry.getMode());
    } else if (entry.isSymbolicLink()) {
      tree.link(path, entry.getLinkName());
    } else if (entry.isLink()) {
      throw notPlaced(entry.getName(), "a hard link");
    } else if (isRegular(entry)) {
      tree.file(path, tar, entry.getMode());
    } else {
      throw notPlaced(entry.getName(), "a device, a pipe or something else that is no file");
    }
  }

  private static boolean isRegular(TarArchiveEntry entry) {
    return switch (entry.getLinkFlag()) {
      case TarConstants.LF_NORMAL, TarConstants.LF_OLDNORM, TarConstants.LF_CONTIG -> true;
      default -> entry.isSparse();
    };
  }

  /// A zip archive.
  ///
  /// @throws RefusedArchiveException when it is broken, or may not be placed
  public void zip(Path archive) throws IOException, InterruptedException {
    try (ZipFile zip = open(archive)) {
      begin();
      for (Iterator<ZipArchiveEntry> all = zip.getEntries().asIterator(); all.hasNext(); ) {
        place(zip, all.next());
      }
    }
  }

  private static ZipFile open(Path archive) throws RefusedArchiveException {
    try {
      return ZipFile.builder().setPath(archive).get();
    } catch (IOException | IllegalArgumentException e) {
      throw new RefusedArchiveException("it is no whole zip archive: " + e.getMessage(), e);
    }
  }

  private void place(ZipFile zip, ZipArchiveEntry entry) throws IOException, InterruptedException {
    String path = path(entry.getName());
    int mode = entry.getUnixMode();
    if (entry.isDirectory()) {
      tree.directory(path, mode == 0 ? DIRECTORY_MODE : mode);
      return;
    }
    boolean isFile = mode == 0 || (mode & ZipKinds.MASK) == 0 || ZipKinds.isFile(mode);
    if (!isFile && !entry.isUnixSymlink()) {
      throw notPlaced(entry.getName(), "a device, a pipe or something else that is no file");
    }
    try (InputStream content = content(zip, entry)) {
      if (isFile) {
        tree.file(path, content, mode == 0 ? FILE_MODE : mode);
      } else {
        tree.link(path, new String(content.readNBytes(LINK_MAX), StandardCharsets.UTF_8));
      }
    }
  }

  private static InputStream content(ZipFile zip, ZipArchiveEntry entry)
      throws RefusedArchiveException {
    try {
      return zip.getInputStream(entry);
    } catch (IOException | IllegalArgumentException e) {
      throw new RefusedArchiveException(
          Printable.quote(entry.getName()) + " cannot be read: " + e.getMessage(), e);
    }
  }

  private void begin() throws IOException, InterruptedException {
    if (!below.isEmpty()) {
      tree.directory(below, DIRECTORY_MODE);
    }
  }

  private String path(String name) throws RefusedArchiveException {
    // Behind a directory it would look like a relative one.
    if (name.startsWith("/")) {
      throw new RefusedArchiveException(
          Printable.quote(name) + ": is an absolute path (expected: a relative one)");
    }
    return below.isEmpty() ? name : below + "/" + name;
  }

  private static RefusedArchiveException notPlaced(String name, String what) {
    return new RefusedArchiveException(
        Printable.quote(name)
            + ": is "
            + what
            + " (expected: files, directories and symbolic links); pack it without");
  }

  /// What a mode says besides permissions.
  private static final class ZipKinds {
    static final int MASK = 0170000;
    private static final int FILE = 0100000;

    private ZipKinds() {}

    static boolean isFile(int mode) {
      return (mode & MASK) == FILE;
    }
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
