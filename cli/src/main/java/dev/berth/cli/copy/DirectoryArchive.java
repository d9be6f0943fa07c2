package dev.berth.cli.copy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// What is in a directory of this host, or a part of it, as a tar archive in which everything is
/// root's. Names are in order, so that the same directory is the same archive.
///
/// @param filter what of it
/// @param leftOut told what cannot be copied
public record DirectoryArchive(Filter filter, Consumer<String> leftOut) {
  /// Chooses by paths below the directory, "src/main".
  public interface Filter {
    /// Whether it is wanted.
    boolean takes(String path);

    /// Whether a directory that is not wanted may hold something that is.
    boolean looksInto(String path);
  }

  /// Writes it.
  ///
  /// @param more files that are not in the directory, by their names in the archive
  public void write(Path directory, Map<String, byte[]> more, OutputStream out) throws IOException {
    TarWriter tar = new TarWriter(out);
    children(directory, "", new TreePacking(tar, false, leftOut));
    end(tar, more);
  }

  /// Writes an archive of files that are nowhere else.
  ///
  /// @param files by their names in the archive
  public static void writeOnly(Map<String, byte[]> files, OutputStream out) throws IOException {
    end(new TarWriter(out), files);
  }

  private static void end(TarWriter tar, Map<String, byte[]> files) throws IOException {
    for (Map.Entry<String, byte[]> each : new TreeMap<>(files).entrySet()) {
      byte[] bytes = each.getValue();
      tar.entry(new TarEntry(each.getKey(), TarEntry.Type.FILE, 0644, 0, 0, bytes.length, 0, ""));
      tar.content(bytes, bytes.length);
      tar.pad(bytes.length);
    }
    tar.finish();
  }

  private void children(Path directory, String before, TreePacking packing) throws IOException {
    List<Path> all;
    try (Stream<Path> listed = Files.list(directory)) {
      all = listed.sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path each : all) {
      one(each, before + each.getFileName(), packing);
    }
  }

  private void one(Path path, String name, TreePacking packing) throws IOException {
    FileFacts facts = FileFacts.of(path);
    boolean wanted = filter.takes(name);
    if (facts.type() == TarEntry.Type.DIRECTORY) {
      if (wanted) {
        packing.tar().entry(packing.entry(name, facts, ""));
      }
      if (wanted || filter.looksInto(name)) {
        children(path, name + "/", packing);
      }
    } else if (wanted) {
      leaf(path, name, facts, packing);
    }
  }

  private void leaf(Path path, String name, FileFacts facts, TreePacking packing)
      throws IOException {
    switch (facts.type()) {
      case LINK ->
          packing.tar().entry(packing.entry(name, facts, Files.readSymbolicLink(path).toString()));
      case FILE -> {
        try (InputStream content = Files.newInputStream(path)) {
          packing.tar().entry(packing.entry(name, facts, ""));
          packing.content(path, content, facts.size());
        }
      }
      case DIRECTORY, HARD_LINK, OTHER ->
          leftOut.accept(path + ": is a device, a pipe or a socket, which is not copied");
    }
  }
}
