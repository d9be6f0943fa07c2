package dev.berth.agent.seed;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Fields as ISO 9660 writes them.
final class IsoFields {
  /// Bytes of a sector, and of a block.
  static final int SECTOR_BYTES = 2048;

  // The image is the same whenever it is made: its dates are always this one.
  private static final int YEAR = 2026;

  private IsoFields() {}

  /// A number twice, first its lowest byte first, then its highest byte first.
  static void putBoth(ByteBuffer to, int number) {
    to.order(ByteOrder.LITTLE_ENDIAN).putInt(number).order(ByteOrder.BIG_ENDIAN).putInt(number);
  }

  /// A number of two bytes, twice.
  static void putBothShort(ByteBuffer to, int number) {
    to.order(ByteOrder.LITTLE_ENDIAN).putShort((short) number);
    to.order(ByteOrder.BIG_ENDIAN).putShort((short) number);
  }

  /// The date in seven bytes: years from 1900, month, day, hour, minute, second, zone.
  static void putDate(ByteBuffer to) {
    to.put((byte) (YEAR - 1900)).put((byte) 1).put((byte) 1).put(new byte[4]);
  }

  /// The date in digits, to hundredths of a second, and the zone.
  static void putLongDate(ByteBuffer to) {
    to.put((YEAR + "010100000000").getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
  }

  /// No date.
  static void putNoLongDate(ByteBuffer to) {
    to.put("0".repeat(16).getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
  }

  /// How many sectors so many bytes take.
  static int sectors(int bytes) {
    return (bytes + SECTOR_BYTES - 1) / SECTOR_BYTES;
  }
}
