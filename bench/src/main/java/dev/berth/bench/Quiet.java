package dev.berth.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/// Waits until the machine's processors have little to do, as far as the machine grants it.
final class Quiet {
  private static final Path STAT = Path.of("/proc/stat");
  private static final long SPAN_NANOS = 100_000_000L;
  private static final int SPANS_MOST = 20;
  private static final double BUSY_MOST = 0.10;

  private Quiet() {}

  /// Returns after 0.1 s in which less than a tenth of the processors' time was used, or after 2 s.
  static void await() {
    long[] before = ticks();
    for (int i = 0; i < SPANS_MOST; i++) {
      LockSupport.parkNanos(SPAN_NANOS);
      long[] now = ticks();
      long all = now[0] - before[0];
      long busy = all - (now[1] - before[1]);
      if (all > 0 && busy <= BUSY_MOST * all) {
        return;
      }
      before = now;
    }
  }

  /// All ticks so far, and those that were idle.
  private static long[] ticks() {
    try {
      String[] words = Files.readAllLines(STAT).getFirst().strip().split(" +", -1);
      long all = 0;
      for (int i = 1; i < Math.min(words.length, 9); i++) {
        all += Long.parseLong(words[i]);
      }
      return new long[] {all, Long.parseLong(words[4]) + Long.parseLong(words[5])};
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
