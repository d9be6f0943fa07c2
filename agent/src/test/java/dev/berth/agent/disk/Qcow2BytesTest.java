package dev.berth.agent.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class Qcow2BytesTest {
  private static final int CLUSTER = Qcow2Fixture.CLUSTER;

  /// Three megabytes with empty clusters, ones that compress well, and ones that do not; the end
  /// is within a cluster.
  private static byte[] guest() {
    byte[] guest = new byte[(3 << 20) - 512];
    Random random = new Random(5);
    for (int at = 0; at + CLUSTER <= guest.length; at += CLUSTER) {
      int kind = random.nextInt(4);
      byte[] content = new byte[CLUSTER];
      if (kind == 1) {
        random.nextBytes(content);
      } else if (kind > 1) {
        Arrays.fill(content, 0, random.nextInt(CLUSTER), (byte) at);
        content[random.nextInt(CLUSTER)] = 1;
      }
      System.arraycopy(content, 0, guest, at, CLUSTER);
    }
    guest[guest.length - 1] = 7;
    return guest;
  }

  private static void assertReads(byte[] guest, GuestBytes file) throws IOException, DiskException {
    GuestBytes disk = DiskImage.disk(file);
    assertEquals(guest.length, disk.sizeBytes());
    Random random = new Random(6);
    for (int i = 0; i < 400; i++) {
      int from = random.nextInt(guest.length);
      int length = random.nextInt(Math.min(guest.length - from, 20_000) + 1);
      assertArrayEquals(
          Arrays.copyOfRange(guest, from, from + length),
          disk.read(from, length),
          length + " from " + from);
    }
    int last = guest.length - 9;
    assertArrayEquals(Arrays.copyOfRange(guest, last, guest.length), disk.readUpTo(last, 50));
  }

  private static void assertRefused(String message, Qcow2Fixture image) {
    DiskException refusal =
        assertThrows(DiskException.class, () -> DiskImage.disk(image.file()), message);
    assertTrue(String.valueOf(refusal.getMessage()).contains(message), refusal.getMessage());
  }

  @Test
  void readsPlainClustersOfBothVersions() throws IOException, DiskException {
    byte[] guest = guest();
    assertReads(guest, Qcow2Fixture.plain(2, guest).file());
    assertReads(guest, Qcow2Fixture.plain(3, guest).file());
  }

  @Test
  void readsCompressedClusters() throws IOException, DiskException {
    byte[] guest = guest();
    Qcow2Fixture image = Qcow2Fixture.compressed(guest);
    assertTrue(image.array().length < guest.length / 2, "nothing was compressed");
    assertReads(guest, image.file());
  }

  @Test
  void aClusterMarkedAsZeroIsZeroWhateverIsInItsPlace() throws IOException, DiskException {
    byte[] guest = new byte[4 * CLUSTER];
    Arrays.fill(guest, (byte) 1);
    Qcow2Fixture image = Qcow2Fixture.plain(3, guest);
    image.entry(1, image.bytes.getLong(Qcow2Fixture.L2_OFFSET + 8) | 1);
    // Preallocated, and the file does not go so far yet.
    image.entry(2, (1L << 40) | 1);
    Arrays.fill(guest, CLUSTER, 3 * CLUSTER, (byte) 0);
    assertReads(guest, image.file());
  }

  @Test
  void theMissingEndOfTheLastClusterIsZeros() throws IOException, DiskException {
    byte[] guest = new byte[2 * CLUSTER];
    Arrays.fill(guest, (byte) 3);
    byte[] file = Qcow2Fixture.plain(3, guest).array();
    Arrays.fill(guest, CLUSTER + 512, 2 * CLUSTER, (byte) 0);
    assertReads(guest, new ArrayBytes(Arrays.copyOf(file, file.length - CLUSTER + 512)));
  }

  @Test
  void readsSubclusters() throws IOException, DiskException {
    int cluster = 1 << 14;
    ByteBuffer file = ByteBuffer.allocate(5 * cluster);
    file.put(0, "QFI\u00fb".getBytes(StandardCharsets.ISO_8859_1)).putInt(4, 3);
    file.putInt(20, 14).putLong(24, 2L * cluster).putInt(36, 1).putLong(40, 2L * cluster);
    file.putLong(48, cluster).putInt(56, 1).putLong(72, 1 << 4).putInt(96, 4).putInt(100, 104);
    file.putLong(2 * cluster, 3L * cluster);
    // Of the second cluster: the first subcluster is there, the third is marked as zeros.
    file.putLong(3 * cluster + 16, 4L * cluster).putLong(3 * cluster + 24, 1 | 1L << 34);
    Arrays.fill(file.array(), 4 * cluster, 5 * cluster, (byte) 9);
    byte[] guest = new byte[2 * cluster];
    Arrays.fill(guest, cluster, cluster + 512, (byte) 9);
    assertReads(guest, new ArrayBytes(file.array()));
  }

  @Test
  void filesThatWereCutOffAreRefused() throws IOException, DiskException {
    byte[] plain = Qcow2Fixture.plain(3, guest()).array();
    byte[] compressed = Qcow2Fixture.compressed(guest()).array();
    DiskImage.disk(new ArrayBytes(compressed));
    for (byte[] whole : new byte[][] {plain, compressed}) {
      for (int less = CLUSTER + 512; less < whole.length; less += 100_003) {
        byte[] shorter = Arrays.copyOf(whole, whole.length - less);
        DiskException refusal =
            assertThrows(
                DiskException.class, () -> DiskImage.disk(new ArrayBytes(shorter)), "" + less);
        assertTrue(String.valueOf(refusal.getMessage()).contains("cut off"), refusal.getMessage());
      }
    }
  }

  @Test
  void entriesThatPointNowhereAreRefused() {
    byte[] guest = new byte[4 * CLUSTER];
    assertRefused("a cluster at byte 512", Qcow2Fixture.plain(3, guest).entry(1, 512));
    assertRefused("a cluster should be at byte", Qcow2Fixture.plain(3, guest).entry(1, 1L << 50));
    assertRefused(
        "a compressed cluster should be at byte",
        Qcow2Fixture.plain(3, guest).entry(1, Qcow2Fixture.COMPRESSED | 1L << 50));
    Qcow2Fixture crooked = Qcow2Fixture.plain(3, guest);
    crooked.bytes.putLong(Qcow2Fixture.L1_OFFSET, Qcow2Fixture.L2_OFFSET + 512);
    assertRefused("a table at byte 12800", crooked);
    Qcow2Fixture far = Qcow2Fixture.plain(3, guest);
    far.bytes.putLong(Qcow2Fixture.L1_OFFSET, 1L << 50);
    assertRefused("a table should be at byte", far);
  }

  @Test
  void whatCannotBeDecompressedIsRefused() throws IOException, DiskException {
    byte[] guest = new byte[CLUSTER];
    Arrays.fill(guest, (byte) 8);
    byte[] file = Qcow2Fixture.compressed(guest).array();
    byte[] garbled = file.clone();
    Arrays.fill(garbled, Qcow2Fixture.L2_OFFSET + CLUSTER, file.length, (byte) 0xff);
    byte[] shorter = Arrays.copyOf(file, file.length - 3);
    for (byte[] damaged : new byte[][] {garbled, shorter}) {
      GuestBytes disk = DiskImage.disk(new ArrayBytes(damaged));
      DiskException refusal = assertThrows(DiskException.class, () -> disk.read(0, CLUSTER));
      assertTrue(
          String.valueOf(refusal.getMessage()).contains("cannot be decompressed"),
          refusal.getMessage());
    }
  }

  @Test
  void zstdIsRefusedWithWhatToDo() throws IOException, DiskException {
    byte[] guest = new byte[CLUSTER];
    Arrays.fill(guest, (byte) 8);
    Qcow2Fixture image = Qcow2Fixture.compressed(guest).incompatible(8);
    image.bytes.putInt(100, 112).put(104, (byte) 1);
    GuestBytes disk = DiskImage.disk(image.file());
    DiskException refusal = assertThrows(DiskException.class, () -> disk.read(0, 512));
    assertTrue(
        String.valueOf(refusal.getMessage()).contains("-o compression_type=zlib"),
        refusal.getMessage());
  }

  @Test
  void readsBeyondTheEndAreRefused() throws IOException, DiskException {
    GuestBytes qcow2 = DiskImage.disk(Qcow2Fixture.plain(3, new byte[CLUSTER]).file());
    GuestBytes raw = DiskImage.disk(new ArrayBytes(new byte[CLUSTER]));
    for (GuestBytes disk : new GuestBytes[] {qcow2, raw}) {
      assertEquals(0, disk.readUpTo(CLUSTER, 10).length);
      for (long[] read :
          new long[][] {{CLUSTER, 1}, {-1, 1}, {Long.MAX_VALUE, 512}, {0, CLUSTER + 1}, {0, -1}}) {
        assertThrows(
            DiskException.class, () -> disk.read(read[0], (int) read[1]), Arrays.toString(read));
      }
    }
  }

  @Test
  void tablesThatAllPointAtOneTakeNoLongTime() throws IOException, DiskException {
    // A small file that claims a large disk: every entry of the first level is the same table.
    ByteBuffer file = ByteBuffer.allocate(12 << 20);
    file.put(0, "QFI\u00fb".getBytes(StandardCharsets.ISO_8859_1)).putInt(4, 3);
    file.putInt(20, 21).putLong(24, 64L << 40).putInt(36, 1 << 18).putLong(40, 4 << 20);
    file.putLong(48, 2 << 20).putInt(56, 1).putInt(96, 4).putInt(100, 104);
    for (int i = 0; i < 1 << 18; i++) {
      file.putLong((4 << 20) + 8 * i, 8 << 20);
    }
    ArrayBytes counted = new ArrayBytes(file.array());
    DiskImage.inspect(counted);
    assertTrue(counted.readBytes() < 80 << 20, counted.readBytes() + " bytes were read");
  }
}
