package dev.berth.agent.disk;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;

/// A qcow2 image that holds a disk, made by the format's description. Its clusters are, in this
/// order: header, table of reference counts, L1 table, L2 tables, content.
final class Qcow2Fixture {
  static final int CLUSTER_BITS = 12;
  static final int CLUSTER = 1 << CLUSTER_BITS;
  static final int L1_OFFSET = 2 * CLUSTER;
  static final int L2_OFFSET = 3 * CLUSTER;
  static final long USED_ONCE = 1L << 63;
  static final long COMPRESSED = 1L << 62;

  private static final int PER_TABLE = CLUSTER / 8;

  final ByteBuffer bytes;
  private int length;

  private Qcow2Fixture(int version, int guestBytes) {
    int clusters = (guestBytes + CLUSTER - 1) / CLUSTER;
    int tables = (clusters + PER_TABLE - 1) / PER_TABLE;
    length = L2_OFFSET + tables * CLUSTER;
    bytes = ByteBuffer.allocate(length + (clusters + 2) * CLUSTER);
    bytes.put(0, "QFI\u00fb".getBytes(StandardCharsets.ISO_8859_1)).putInt(4, version);
    bytes.putInt(20, CLUSTER_BITS).putLong(24, guestBytes);
    bytes.putInt(36, tables).putLong(40, L1_OFFSET);
    bytes.putLong(48, CLUSTER).putInt(56, 1);
    if (version > 2) {
      bytes.putInt(96, 4).putInt(100, 104);
    }
    for (int i = 0; i < tables; i++) {
      bytes.putLong(L1_OFFSET + 8 * i, USED_ONCE | (L2_OFFSET + (long) i * CLUSTER));
    }
  }

  static Qcow2Fixture plain(int version, byte[] guest) {
    Qcow2Fixture image = new Qcow2Fixture(version, guest.length);
    image.fill(guest, false);
    return image;
  }

  static Qcow2Fixture compressed(byte[] guest) {
    Qcow2Fixture image = new Qcow2Fixture(3, guest.length);
    image.fill(guest, true);
    return image;
  }

  byte[] array() {
    return Arrays.copyOf(bytes.array(), length);
  }

  GuestBytes file() {
    return new ArrayBytes(array());
  }

  Qcow2Fixture incompatible(long bits) {
    bytes.putLong(72, bits);
    return this;
  }

  Qcow2Fixture entry(int cluster, long descriptor) {
    bytes.putLong(L2_OFFSET + 8 * cluster, descriptor);
    return this;
  }

  Qcow2Fixture backingFile(String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    bytes.putLong(8, 512).putInt(16, text.length).put(512, text);
    return this;
  }

  private void fill(byte[] guest, boolean compressed) {
    for (int at = 0; at < guest.length; at += CLUSTER) {
      byte[] content = Arrays.copyOfRange(guest, at, at + CLUSTER);
      if (Arrays.equals(content, new byte[CLUSTER])) {
        continue;
      }
      byte[] packed = compressed ? deflated(content) : content;
      if (!compressed || packed.length >= CLUSTER) {
        length = (length + CLUSTER - 1) / CLUSTER * CLUSTER;
        entry(at / CLUSTER, USED_ONCE | length);
        bytes.put(length, content);
        length += CLUSTER;
      } else {
        long sectors = (length + packed.length - 1L) / 512 - length / 512;
        entry(at / CLUSTER, COMPRESSED | sectors << (62 - (CLUSTER_BITS - 8)) | length);
        bytes.put(length, packed);
        length += packed.length;
      }
    }
  }

  private static byte[] deflated(byte[] content) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    deflater.setInput(content);
    deflater.finish();
    byte[] packed = new byte[2 * CLUSTER];
    int size = deflater.deflate(packed);
    deflater.end();
    return Arrays.copyOf(packed, size);
  }
}
