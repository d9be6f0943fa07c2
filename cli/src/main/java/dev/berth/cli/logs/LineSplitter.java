package dev.berth.cli.logs;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/// Puts pieces of output together to whole lines. A line longer than 64 KiB is handed on in parts.
final class LineSplitter {
  private static final int LINE_MAX = 64 * 1024;

  private final Consumer<byte[]> lines;
  private final ByteArrayOutputStream rest = new ByteArrayOutputStream();

  /// @param lines takes each line, without its end
  LineSplitter(Consumer<byte[]> lines) {
    this.lines = lines;
  }

  void accept(byte[] bytes) {
    int from = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        rest.write(bytes, from, i - from);
        hand();
        from = i + 1;
      } else if (rest.size() + i - from >= LINE_MAX) {
        rest.write(bytes, from, i - from);
        hand();
        from = i;
      }
    }
    rest.write(bytes, from, bytes.length - from);
  }

  /// Hands on what is left without a line end.
  void finish() {
    if (rest.size() > 0) {
      hand();
    }
  }

  private void hand() {
    lines.accept(rest.toByteArray());
    rest.reset();
  }
}
