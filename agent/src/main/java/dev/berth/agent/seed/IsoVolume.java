package dev.berth.agent.seed;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/// Volume descriptors and path tables of one of the image's two trees.
///
/// @param joliet whether it is the Joliet tree
/// @param volumeSectors sectors of the whole image
/// @param pathTableSector where the path table is, lowest byte first; the other follows it
/// @param directorySector where the directory is
/// @param directoryBytes its length
record IsoVolume(
    boolean joliet,
    int volumeSectors,
    int pathTableSector,
    int directorySector,
    int directoryBytes) {
  static final String VOLUME_ID = "cidata";

  private static final int PATH_TABLE_BYTES = 10;
  private static final byte[] STANDARD = "CD001".getBytes(StandardCharsets.US_ASCII);

  // Level 3 of Joliet: UCS-2.
  private static final byte[] ESCAPE = "%/E".getBytes(StandardCharsets.US_ASCII);

  /// Of the tree itself; one sector.
  byte[] descriptor() {
    ByteBuffer to = ByteBuffer.allocate(IsoFields.SECTOR_BYTES);
    to.put((byte) (joliet ? 2 : 1)).put(STANDARD).put((byte) 1).put((byte) 0);
    putText(to, "LINUX", 32);
    putText(to, VOLUME_ID, 32);
    to.position(80);
    IsoFields.putBoth(to, volumeSectors);
    if (joliet) {
      to.put(ESCAPE);
    }
    to.position(120);
    IsoFields.putBothShort(to, 1);
    IsoFields.putBothShort(to, 1);
    IsoFields.putBothShort(to, IsoFields.SECTOR_BYTES);
    IsoFields.putBoth(to, PATH_TABLE_BYTES);
    to.order(ByteOrder.LITTLE_ENDIAN).putInt(pathTableSector).putInt(0);
    to.order(ByteOrder.BIG_ENDIAN).putInt(pathTableSector + 1).putInt(0);
    to.put(IsoDirectory.root(directorySector, directoryBytes));
    putText(to, "", 128);
    putText(to, "", 128);
    putText(to, "", 128);
    putText(to, "BERTH", 128);
    putText(to, "", 37);
    putText(to, "", 37);
    putText(to, "", 37);
    IsoFields.putLongDate(to);
    IsoFields.putLongDate(to);
    IsoFields.putNoLongDate(to);
    IsoFields.putLongDate(to);
    return to.put((byte) 1).array();
  }

  /// What ends the descriptors; one sector.
  static byte[] terminator() {
    ByteBuffer to = ByteBuffer.allocate(IsoFields.SECTOR_BYTES);
    return to.put((byte) 255).put(STANDARD).put((byte) 1).array();
  }

  /// The path table, which knows the root alone; one sector.
  byte[] pathTable(ByteOrder order) {
    ByteBuffer to = ByteBuffer.allocate(IsoFields.SECTOR_BYTES).order(order);
    return to.put((byte) 1).put((byte) 0).putInt(directorySector).putShort((short) 1).array();
  }

  /// Text filled up with blanks; a last odd byte stays zero in Joliet.
  private void putText(ByteBuffer to, String text, int bytes) {
    Charset charset = joliet ? StandardCharsets.UTF_16BE : StandardCharsets.US_ASCII;
    int end = to.position() + bytes;
    int chars = joliet ? bytes / 2 : bytes;
    to.put((text + " ".repeat(chars - text.length())).getBytes(charset)).position(end);
  }
}
