package dev.berth.agent.disk;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Whatever the bytes: a value, or a [DiskException] that says something, and never much reading.
final class DiskFuzzTest {
  private static final int SEEDS = 2_000;
  private static final long MOST_READ_BYTES = 100 << 20;

  /// What mutations of a number like to be.
  private static final int[] EDGES = {0, 1, 0x7f, 0x80, 0xff, 0xaa, 0x55};

  private static List<byte[]> originals() {
    byte[] gpt = DiskFixture.gpt().array();
    DiskFixture mbr =
        new DiskFixture(300)
            .mbrEntry(0, 0x80, 0x83, 8, 60)
            .mbrEntry(1, 0, 0x05, 100, 200)
            .entry(100, 0, 0, 0x82, 5, 20)
            .entry(100, 1, 0, 0x05, 50, 100)
            .entry(150, 0, 0, 0x8e, 7, 30)
            .ext(8 * 512, 4, 0x40, 0);
    return List.of(
        gpt,
        mbr.array(),
        Qcow2Fixture.plain(3, gpt).array(),
        Qcow2Fixture.compressed(gpt).array(),
        Qcow2Fixture.plain(2, mbr.array()).array());
  }

  /// Changes bytes, mostly where tables and headers are, sometimes the length, and puts the
  /// checksums of a GUID partition table right so that what is behind them is reached.
  private static byte[] mutated(byte[] original, Random random) {
    byte[] bytes = original.clone();
    if (random.nextInt(8) == 0) {
      bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
    }
    for (int i = 1 + random.nextInt(6); i > 0 && bytes.length > 0; i--) {
      int most = random.nextBoolean() ? 120 : random.nextBoolean() ? 16384 : bytes.length;
      int at = random.nextInt(Math.min(most, bytes.length));
      if (random.nextInt(4) == 0) {
        at = Math.min(bytes.length - 1, at + 440 - at % 440);
      }
      bytes[at] =
          (byte) (random.nextBoolean() ? EDGES[random.nextInt(EDGES.length)] : random.nextInt(256));
    }
    return random.nextBoolean() ? sealed(bytes) : bytes;
  }

  private static byte[] sealed(byte[] bytes) {
    if (bytes.length < 4 * 512 || bytes[512] != 'E') {
      return bytes;
    }
    DiskFixture disk = new DiskFixture(bytes.length / 512);
    disk.bytes.put(0, bytes, 0, disk.array().length);
    return disk.sealHeader().array();
  }

  @Test
  void theOriginalsAreGood() throws IOException, DiskException {
    for (byte[] original : originals()) {
      DiskImage image = DiskImage.inspect(new ArrayBytes(original));
      assertFalse(image.layout().partitions().isEmpty());
    }
  }

  @Test
  void anyBytesGiveAValueOrAReason() throws IOException {
    List<byte[]> originals = originals();
    int good = 0;
    int refused = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      byte[] bytes = mutated(originals.get(seed % originals.size()), random);
      ArrayBytes file = new ArrayBytes(bytes);
      try {
        DiskImage image = DiskImage.inspect(file);
        GuestBytes disk = DiskImage.disk(file);
        long offset = (long) (random.nextDouble() * image.virtualSizeBytes());
        byte[] read = disk.readUpTo(offset, random.nextInt(9_000));
        assertTrue(offset + read.length <= image.virtualSizeBytes(), "seed " + seed);
        good++;
      } catch (DiskException e) {
        String message = String.valueOf(e.getMessage());
        assertTrue(message.length() > 20 && message.length() <= 1024, "seed " + seed + message);
        refused++;
      } catch (RuntimeException | Error e) {
        fail("seed " + seed, e);
      }
      assertTrue(file.readBytes() < MOST_READ_BYTES, "seed " + seed + ": " + file.readBytes());
    }
    assertTrue(good > SEEDS / 10 && refused > SEEDS / 10, good + " good, " + refused + " refused");
  }
}
