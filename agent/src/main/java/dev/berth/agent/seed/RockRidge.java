package dev.berth.agent.seed;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The fields behind a directory record that give Linux a file's real name and its mode: the System
/// Use Sharing Protocol and, in it, the Rock Ridge Interchange Protocol.
final class RockRidge {
  private static final int DIRECTORY_MODE = 0040555;

  // User data may hold passwords: what a guest mounts is for its root alone.
  private static final int FILE_MODE = 0100400;

  private static final int HAS_MODE = 1;
  private static final int HAS_NAME = 1 << 3;
  private static final int HAS_DATES = 1 << 7;
  private static final int DATES_MODIFIED_READ_CHANGED = 0b1110;

  private static final String IDENTIFIER = "RRIP_1991A";
  private static final String DESCRIPTION =
      "THE ROCK RIDGE INTERCHANGE PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS";
  private static final String SOURCE =
      "PLEASE CONTACT DISC PUBLISHER FOR SPECIFICATION SOURCE.  SEE PUBLISHER IDENTIFIER IN PRIMARY"
          + " VOLUME DESCRIPTOR FOR CONTACT INFORMATION.";

  private RockRidge() {}

  /// Of the root directory itself: says that the protocols are in use, and in which sector
  /// [#extensions] are.
  static byte[] root(int extensionsSector) {
    ByteBuffer fields = ByteBuffer.allocate(256);
    put(fields, "SP", 7).put((byte) 0xbe).put((byte) 0xef).put((byte) 0);
    put(fields, "RR", 5).put((byte) (HAS_MODE | HAS_DATES));
    putModeAndDates(fields, DIRECTORY_MODE, 2);
    put(fields, "CE", 28);
    IsoFields.putBoth(fields, extensionsSector);
    IsoFields.putBoth(fields, 0);
    IsoFields.putBoth(fields, extensions().length);
    return taken(fields);
  }

  /// Of the root directory's parent, which is itself.
  static byte[] parent() {
    ByteBuffer fields = ByteBuffer.allocate(256);
    put(fields, "RR", 5).put((byte) (HAS_MODE | HAS_DATES));
    putModeAndDates(fields, DIRECTORY_MODE, 2);
    return taken(fields);
  }

  /// Of a file.
  static byte[] file(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer fields = ByteBuffer.allocate(256);
    put(fields, "RR", 5).put((byte) (HAS_MODE | HAS_NAME | HAS_DATES));
    put(fields, "NM", 5 + bytes.length).put((byte) 0).put(bytes);
    putModeAndDates(fields, FILE_MODE, 1);
    return taken(fields);
  }

  /// What says which extension is in use; too long to stand behind a directory record.
  static byte[] extensions() {
    int length = 8 + IDENTIFIER.length() + DESCRIPTION.length() + SOURCE.length();
    ByteBuffer fields = ByteBuffer.allocate(256);
    put(fields, "ER", length);
    fields.put((byte) IDENTIFIER.length());
    fields.put((byte) DESCRIPTION.length());
    fields.put((byte) SOURCE.length());
    fields.put((byte) 1);
    fields.put((IDENTIFIER + DESCRIPTION + SOURCE).getBytes(StandardCharsets.US_ASCII));
    return taken(fields);
  }

  private static void putModeAndDates(ByteBuffer to, int mode, int links) {
    put(to, "PX", 36);
    IsoFields.putBoth(to, mode);
    IsoFields.putBoth(to, links);
    IsoFields.putBoth(to, 0);
    IsoFields.putBoth(to, 0);
    put(to, "TF", 26).put((byte) DATES_MODIFIED_READ_CHANGED);
    IsoFields.putDate(to);
    IsoFields.putDate(to);
    IsoFields.putDate(to);
  }

  private static ByteBuffer put(ByteBuffer to, String signature, int length) {
    return to.put(signature.getBytes(StandardCharsets.US_ASCII)).put((byte) length).put((byte) 1);
  }

  private static byte[] taken(ByteBuffer fields) {
    byte[] taken = new byte[fields.position()];
    fields.flip().get(taken);
    return taken;
  }
}
