package dev.berth.agent.disk;

import java.util.Arrays;

/// Bytes in memory; counts what is read.
final class ArrayBytes implements GuestBytes {
  private final byte[] bytes;
  private long readBytes;

  ArrayBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  long readBytes() {
    return readBytes;
  }

  @Override
  public long sizeBytes() {
    return bytes.length;
  }

  @Override
  public byte[] read(long offset, int length) throws DiskException {
    requireInside(offset, length);
    readBytes += length;
    return Arrays.copyOfRange(bytes, (int) offset, (int) offset + length);
  }
}
