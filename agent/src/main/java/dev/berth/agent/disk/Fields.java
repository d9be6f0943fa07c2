package dev.berth.agent.disk;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Numbers and texts out of what was read. Bytes beyond the end are zero, so that whoever looks at
/// a short piece finds nothing there.
final class Fields {
  private final byte[] bytes;
  private final ByteOrder order;

  private Fields(byte[] bytes, ByteOrder order) {
    this.bytes = bytes;
    this.order = order;
  }

  /// With numbers whose lowest byte comes first, as the PC has them.
  static Fields little(byte[] bytes) {
    return new Fields(bytes, ByteOrder.LITTLE_ENDIAN);
  }

  /// With numbers whose highest byte comes first.
  static Fields big(byte[] bytes) {
    return new Fields(bytes, ByteOrder.BIG_ENDIAN);
  }

  int u8(int offset) {
    return Byte.toUnsignedInt(at(offset, 1).get());
  }

  int u16(int offset) {
    return Short.toUnsignedInt(at(offset, 2).getShort());
  }

  /// Negative for what does not fit.
  int i32(int offset) {
    return at(offset, 4).getInt();
  }

  long u32(int offset) {
    return Integer.toUnsignedLong(at(offset, 4).getInt());
  }

  /// Negative for what does not fit.
  long i64(int offset) {
    return at(offset, 8).getLong();
  }

  /// Whether these characters of ASCII or Latin-1 stand there.
  boolean has(int offset, String text) {
    return Arrays.equals(slice(offset, text.length()), text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /// Whether these characters stand anywhere.
  boolean contains(String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).contains(text);
  }

  byte[] slice(int offset, int length) {
    byte[] slice = new byte[length];
    int from = Math.min(Math.max(0, offset), bytes.length);
    System.arraycopy(bytes, from, slice, 0, Math.min(length, bytes.length - from));
    return slice;
  }

  private ByteBuffer at(int offset, int length) {
    return ByteBuffer.wrap(slice(offset, length)).order(order);
  }

  /// A stranger's text for a message or a log: one line, no control characters, not long.
  static String printable(String text) {
    String plain =
        text.codePoints()
            .limit(200)
            .map(each -> Character.isISOControl(each) || !Character.isDefined(each) ? '?' : each)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    return text.codePointCount(0, text.length()) > 200 ? plain + "…" : plain;
  }
}
