package dev.berth.agent.artifact;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/// A layer of an image, entry by entry.
public final class LayerArchive {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8");

  private boolean finished;

  /// Adds a file.
  public LayerArchive file(String name, int mode, byte[] content) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setMode(mode);
    entry.setSize(content.length);
    return add(entry, content);
  }

  /// Adds a file that anybody can read.
  public LayerArchive file(String name, String content) throws IOException {
    return file(name, 0644, content.getBytes(StandardCharsets.UTF_8));
  }

  /// Adds a directory.
  public LayerArchive directory(String name, int mode) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_DIR, true);
    entry.setMode(mode);
    return add(entry, new byte[0]);
  }

  /// Adds a symbolic link.
  public LayerArchive link(String name, String target) throws IOException {
    return other(name, TarConstants.LF_SYMLINK, target);
  }

  /// Adds an entry of another kind.
  LayerArchive other(String name, byte kind, String target) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, kind, true);
    entry.setLinkName(target);
    return add(entry, new byte[0]);
  }

  /// Adds a file of some user.
  LayerArchive owned(String name, long uid, long gid) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setUserId(uid);
    entry.setGroupId(gid);
    entry.setMode(04755);
    return add(entry, new byte[0]);
  }

  private LayerArchive add(TarArchiveEntry entry, byte[] content) throws IOException {
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
    return this;
  }

  /// All of it.
  public byte[] bytes() throws IOException {
    if (!finished) {
      tar.finish();
      finished = true;
    }
    return bytes.toByteArray();
  }
}
