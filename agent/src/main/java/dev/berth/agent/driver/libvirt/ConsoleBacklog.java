package dev.berth.agent.driver.libvirt;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;

/// What a machine wrote and nobody has read yet, bounded: libvirt cannot be told to wait, so the
/// oldest is lost when there is too much, and a line in its place says so. Not thread-safe.
final class ConsoleBacklog {
  private final byte[] ring;
  private int head;
  private int size;
  private long lost;

  /// @param capacity bytes that are kept
  ConsoleBacklog(int capacity) {
    ring = new byte[capacity];
  }

  /// Adds what was written.
  void add(byte[] data) {
    for (byte each : data) {
      ring[(head + size) % ring.length] = each;
      if (size < ring.length) {
        size++;
      } else {
        head = (head + 1) % ring.length;
        lost++;
      }
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  /// Takes the oldest bytes out.
  ///
  /// @param max so many at most
  ByteString take(int max) {
    if (lost > 0) {
      String line = "\r\n[berth: " + lost + " bytes of output were lost: they came too fast]\r\n";
      lost = 0;
      return ByteString.copyFrom(line, StandardCharsets.US_ASCII);
    }
    int count = Math.min(max, size);
    int first = Math.min(count, ring.length - head);
    ByteString taken =
        ByteString.copyFrom(ring, head, first).concat(ByteString.copyFrom(ring, 0, count - first));
    head = (head + count) % ring.length;
    size -= count;
    return taken;
  }
}
