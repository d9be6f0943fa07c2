package dev.berth.agent.artifact;

import dev.berth.spec.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/// Places what is in an archive.
///
/// @param below directory of the tree that it goes to; empty: the tree itself
/// @param tree what is filled
public record Unpacking(String below, PlacedTree tree) {
  private static final int LINK_MAX = 4096;
  private static final int FILE_MODE = 0644;
  private static final int DIRECTORY_MODE = 0755;

  /// A tar archive.
  ///
  /// @param zipped whether it is compressed by gzip
  /// @throws RefusedArchiveException when it is broken, or may not be placed
  public void tar(Path archive, boolean zipped) throws IOException, InterruptedException {
    try (TarEntries tar = TarEntries.open(archive, zipped)) {
      begin();
      for (TarArchiveEntry entry = tar.next(); entry != null; entry = tar.next()) {
        place(tar.content(), entry);
      }
    }
  }

  private void place(InputStream content, TarArchiveEntry entry)
      throws IOException, InterruptedException {
    String path = path(entry.getName());
    if (entry.isDirectory()) {
      tree.directory(path, entry.getMode());
    } else if (entry.isSymbolicLink()) {
      tree.link(path, entry.getLinkName());
    } else if (entry.isLink()) {
      throw notPlaced(entry.getName(), "a hard link");
    } else if (TarEntries.isRegular(entry)) {
      tree.file(path, content, entry.getMode());
    } else {
      throw notPlaced(entry.getName(), "a device, a pipe or something else that is no file");
    }
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
}
