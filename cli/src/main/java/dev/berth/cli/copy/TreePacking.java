package dev.berth.cli.copy;

import dev.berth.spec.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/// Writes what is at a path of this host into an archive. Links are kept as links.
///
/// @param tar where it goes
/// @param keepOwners whether owners are those of here; else root's
/// @param leftOut told what cannot be copied
record TreePacking(TarWriter tar, boolean keepOwners, Consumer<String> leftOut) {
  private static final int BUFFER_BYTES = 32 << 10;

  /// Writes all of it.
  ///
  /// @param name in the archive; [Landing#CONTENTS]: only what is in the directory
  void pack(Path path, String name) throws IOException {
    if (name.equals(Landing.CONTENTS)) {
      children(path, "");
    } else {
      one(path, name);
    }
  }

  private void one(Path path, String name) throws IOException {
    FileFacts facts = FileFacts.of(path);
    switch (facts.type()) {
      case DIRECTORY -> {
        tar.entry(entry(name, facts, ""));
        children(path, name + "/");
      }
      case LINK -> tar.entry(entry(name, facts, Files.readSymbolicLink(path).toString()));
      case FILE -> {
        try (InputStream content = Files.newInputStream(path)) {
          tar.entry(entry(name, facts, ""));
          content(path, content, facts.size());
        }
      }
      case HARD_LINK, OTHER ->
          leftOut.accept(path + ": is a device, a pipe or a socket, which is not copied");
    }
  }

  private void children(Path directory, String before) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
      for (Path each : all) {
        one(each, before + each.getFileName());
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  TarEntry entry(String name, FileFacts facts, String link) {
    return new TarEntry(
        name,
        facts.type(),
        facts.mode(),
        keepOwners ? facts.uid() : 0,
        keepOwners ? facts.gid() : 0,
        facts.size(),
        facts.modifySeconds(),
        link);
  }

  /// Exactly as much as was announced: the archive would be broken otherwise.
  void content(Path path, InputStream content, long size) throws IOException {
    byte[] bytes = new byte[BUFFER_BYTES];
    long left = size;
    while (left > 0) {
      int read = content.read(bytes, 0, (int) Math.min(bytes.length, left));
      if (read < 0) {
        throw new IOException(
            Printable.escape(path.toString()) + ": became shorter while it was read; repeat it");
      }
      tar.content(bytes, read);
      left -= read;
    }
    tar.pad(size);
  }
}
