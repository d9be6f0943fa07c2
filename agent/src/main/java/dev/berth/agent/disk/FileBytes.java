package dev.berth.agent.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// The bytes of a file; of a raw image, what the guest sees.
final class FileBytes implements GuestBytes {
  private final FileChannel channel;
  private final long sizeBytes;

  /// @param channel stays the caller's to close
  FileBytes(FileChannel channel) throws IOException {
    this.channel = channel;
    this.sizeBytes = channel.size();
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public byte[] read(long offset, int length) throws IOException, DiskException {
    requireInside(offset, length);
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, offset + bytes.position()) < 0) {
        throw new DiskException("it became shorter while it was read; wait until it is complete");
      }
    }
    return bytes.array();
  }
}
