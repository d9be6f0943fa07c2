package dev.berth.agent.image;

import java.io.FilterInputStream;
import java.io.IOException;

/// A layer that is the disk itself, read as it comes. It ends only when it had its digest.
final class WholeLayer extends FilterInputStream {
  private final DigestedStream layer;
  private boolean ended;

  WholeLayer(DigestedStream layer) {
    super(layer);
    this.layer = layer;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read = ended ? -1 : layer.read(buffer, offset, length);
    if (read < 0 && !ended) {
      ended = true;
      layer.finish();
    }
    return read;
  }
}
