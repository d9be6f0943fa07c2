package dev.berth.cli.copy;

import dev.berth.cli.term.ProgressLine;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Quantity;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;

/// Counts what passes, and shows it on a terminal while it does.
final class CountedCopy implements AutoCloseable {
  private static final long SHOW_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final ProgressLine progress;
  private final boolean shown;
  private long bytes;
  private long shownNanos = System.nanoTime();

  /// @param quiet shows nothing
  CountedCopy(Terminal terminal, boolean quiet) {
    progress = new ProgressLine(terminal);
    // Elsewhere each step would be a line.
    shown = !quiet && terminal.errIsTerminal();
  }

  /// What has passed.
  long bytes() {
    return bytes;
  }

  private void count(long more) {
    bytes += Math.max(0, more);
    long now = System.nanoTime();
    if (shown && now - shownNanos > SHOW_NANOS) {
      shownNanos = now;
      progress.show("copied " + Quantity.roundedMemory(bytes));
    }
  }

  InputStream of(InputStream in) {
    return new FilterInputStream(in) {
      @Override
      public int read() throws IOException {
        int read = super.read();
        count(read < 0 ? 0 : 1);
        return read;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        int read = super.read(into, offset, length);
        count(read);
        return read;
      }
    };
  }

  OutputStream of(OutputStream out) {
    return new FilterOutputStream(out) {
      @Override
      public void write(int one) throws IOException {
        super.write(one);
        count(1);
      }

      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        out.write(from, offset, length);
        count(length);
      }
    };
  }

  @Override
  public void close() {
    progress.end();
  }
}
