package dev.berth.agent.seed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// Reads an ISO 9660 image from the standard's offsets alone, and checks on the way what the
/// standard asks for. Knows nothing of the classes that write one.
final class IsoReader {
  private static final int SECTOR = 2048;

  private final byte[] image;

  IsoReader(byte[] image) {
    this.image = image;
    assertEquals(0, image.length % SECTOR);
    assertEquals(image.length / SECTOR, both(descriptor(1) + 80));
    int end = descriptor(255);
    assertTrue(end > descriptor(1) && end > descriptor(2));
  }

  /// Offset of the volume descriptor of a type.
  int descriptor(int type) {
    for (int at = 16 * SECTOR; ; at += SECTOR) {
      assertEquals("CD001", ascii(at + 1, 5), "descriptor of type " + type + " not found");
      if (Byte.toUnsignedInt(image[at]) == type) {
        return at;
      }
    }
  }

  String label(int type) {
    Charset charset = type == 2 ? StandardCharsets.UTF_16BE : StandardCharsets.US_ASCII;
    return new String(image, descriptor(type) + 40, 32, charset).stripTrailing();
  }

  String ascii(int offset, int length) {
    return new String(image, offset, length, StandardCharsets.US_ASCII);
  }

  /// A number that is there in both orders of bytes.
  int both(int offset) {
    int little = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
    assertEquals(little, ByteBuffer.wrap(image).getInt(offset + 4), "at " + offset);
    return little;
  }

  Map<String, byte[]> plain() {
    return files(1, (at, length) -> ascii(at + 33, length));
  }

  Map<String, byte[]> joliet() {
    int escape = descriptor(2) + 88;
    assertEquals("%/E", ascii(escape, 3));
    return files(2, (at, length) -> new String(image, at + 33, length, StandardCharsets.UTF_16BE));
  }

  Map<String, byte[]> rockRidge() {
    int root = rootSector(1) * SECTOR;
    assertEquals("SP\7\1\u00be\u00ef\0", latin(field(root, "SP"), 7));
    int continued = field(root, "CE");
    int at = both(continued + 4) * SECTOR + both(continued + 12);
    assertEquals("ER", ascii(at, 2));
    assertEquals(both(continued + 20), Byte.toUnsignedInt(image[at + 2]));
    int lengths = image[at + 4] + Byte.toUnsignedInt(image[at + 5]) + (image[at + 6] & 0xff);
    assertEquals(8 + lengths, Byte.toUnsignedInt(image[at + 2]));
    assertEquals("RRIP_1991A", ascii(at + 8, image[at + 4]));
    return files(
        1,
        (record, _) -> {
          int name = field(record, "NM");
          return ascii(name + 5, image[name + 2] - 5);
        });
  }

  /// Type and permissions of a file, by Rock Ridge.
  int mode(String name) {
    int[] mode = {-1};
    files(
        1,
        (record, _) -> {
          int field = field(record, "NM");
          if (ascii(field + 5, image[field + 2] - 5).equals(name)) {
            mode[0] = both(field(record, "PX") + 4);
          }
          return "record at " + record;
        });
    return mode[0];
  }

  private interface Naming {
    String of(int record, int identifierLength);
  }

  private int rootSector(int type) {
    int record = descriptor(type) + 156;
    assertEquals(34, image[record]);
    int sector = both(record + 2);
    int little = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).getInt(record - 16);
    int big = ByteBuffer.wrap(image).getInt(record - 8);
    ByteBuffer tables = ByteBuffer.wrap(image);
    assertEquals(sector, tables.getInt(big * SECTOR + 2), "the path table says another root");
    tables.order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(sector, tables.getInt(little * SECTOR + 2), "the path table says another root");
    return sector;
  }

  private Map<String, byte[]> files(int type, Naming naming) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    int start = rootSector(type) * SECTOR;
    int end = start + both(descriptor(type) + 166);
    String last = "";
    int record = start;
    for (int count = 0; record < end; record += Byte.toUnsignedInt(image[record]), count++) {
      if (image[record] == 0) {
        record = (record / SECTOR + 1) * SECTOR;
        if (record >= end) {
          break;
        }
      }
      int length = Byte.toUnsignedInt(image[record]);
      assertEquals(record / SECTOR, (record + length - 1) / SECTOR, "goes over a sector's end");
      assertEquals(0, length % 2);
      int identifier = Byte.toUnsignedInt(image[record + 32]);
      int from = both(record + 2) * SECTOR;
      int bytes = both(record + 10);
      if (count < 2) {
        assertEquals(count, image[record + 33], "itself, then its parent");
        assertEquals(start, from);
        assertEquals(2, image[record + 25]);
      } else {
        Charset charset = type == 2 ? StandardCharsets.UTF_16BE : StandardCharsets.US_ASCII;
        String name = new String(image, record + 33, identifier, charset);
        assertTrue(last.compareTo(name) < 0, name + " is not sorted");
        last = name;
        byte[] content = Arrays.copyOfRange(image, from, from + bytes);
        files.put(naming.of(record, identifier), content);
        assertTrue(from + bytes <= image.length && from < image.length);
      }
    }
    return files;
  }

  /// Offset of a Rock Ridge field of a record.
  private int field(int record, String signature) {
    int identifier = Byte.toUnsignedInt(image[record + 32]);
    int at = record + 33 + identifier + (identifier % 2 == 0 ? 1 : 0);
    int end = record + Byte.toUnsignedInt(image[record]);
    while (at + 4 <= end && image[at + 2] != 0) {
      if (ascii(at, 2).equals(signature)) {
        return at;
      }
      at += Byte.toUnsignedInt(image[at + 2]);
    }
    throw new AssertionError("no field " + signature);
  }

  private String latin(int offset, int length) {
    return new String(image, offset, length, StandardCharsets.ISO_8859_1);
  }
}
