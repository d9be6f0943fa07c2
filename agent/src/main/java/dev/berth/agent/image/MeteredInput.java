package dev.berth.agent.image;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A stream of which each byte counts, also one that is skipped.
public final class MeteredInput extends FilterInputStream {
  private static final int SKIPPED_BYTES = 64 << 10;

  private final Meter meter;
  private long total;

  /// Is told how much was read.
  public interface Meter {
    /// More was read.
    ///
    /// @param total bytes since the stream began
    /// @throws IOException when that is too much: whoever reads gets it
    void passed(long total) throws IOException;
  }

  /// @param content is read
  public MeteredInput(InputStream content, Meter meter) {
    super(content);
    this.meter = meter;
  }

  /// Bytes that were read.
  public long total() {
    return total;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int read = super.read(into, offset, length);
    if (read > 0) {
      total += read;
      meter.passed(total);
    }
    return read;
  }

  @Override
  public long skip(long count) throws IOException {
    int most = Math.clamp(count, 0, SKIPPED_BYTES);
    return Math.max(0, read(new byte[most]));
  }
}
