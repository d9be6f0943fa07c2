package dev.berth.cli.up;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// The log of a child: appended to by the child itself, so that it goes on when the supervisor
/// dies; read from here.
///
/// @param path where it is
record LogFile(Path path) {
  private static final long ROTATE_BYTES = 10L << 20;
  private static final int MOST_READ_BYTES = 256 << 10;

  /// Puts a long log aside as `NAME.1` and answers where the next line will be.
  long prepare() throws IOException {
    Files.createDirectories(path.toAbsolutePath().getParent());
    if (Files.exists(path) && Files.size(path) > ROTATE_BYTES) {
      Files.move(
          path,
          path.resolveSibling(path.getFileName() + ".1"),
          StandardCopyOption.REPLACE_EXISTING);
    }
    return Files.exists(path) ? Files.size(path) : 0;
  }

  /// The complete lines behind the offset, of the last 256 KiB only.
  List<String> linesSince(long offset) {
    if (!Files.exists(path)) {
      return List.of();
    }
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      long from = Math.max(offset, file.length() - MOST_READ_BYTES);
      byte[] bytes = new byte[(int) Math.max(0, file.length() - from)];
      file.seek(from);
      file.readFully(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8);
      int end = text.lastIndexOf('\n');
      return end < 0 ? List.of() : text.substring(0, end).lines().toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /// The last lines behind the offset.
  List<String> tail(long offset, int count) {
    List<String> lines = linesSince(offset);
    return lines.subList(Math.max(0, lines.size() - count), lines.size());
  }
}
