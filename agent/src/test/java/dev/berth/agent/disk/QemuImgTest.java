package dev.berth.agent.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Images that QEMU's own tool made.
final class QemuImgTest {
  @TempDir Path directory;
  private byte[] guest = new byte[0];

  @BeforeEach
  void makeADisk() throws IOException {
    boolean installed =
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(each -> Files.isExecutable(Path.of(each, "qemu-img")));
    assumeTrue(installed, "qemu-img is not installed (package qemu-utils)");
    DiskFixture disk = DiskFixture.gpt();
    guest = Arrays.copyOf(disk.array(), 3 << 20);
    Random random = new Random(1);
    for (int at = 1 << 20; at < 2 << 20; at += 70_000) {
      byte[] noise = new byte[5_000];
      random.nextBytes(noise);
      System.arraycopy(noise, 0, guest, at, noise.length);
    }
    Files.write(directory.resolve("disk.raw"), guest);
  }

  private Path qemuImg(String command) throws IOException, InterruptedException {
    List<String> words = List.of(("qemu-img " + command).split(" "));
    Process process =
        new ProcessBuilder(words).directory(directory.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), command + ": " + output);
    return directory.resolve("out");
  }

  private static String refusal(Path file) {
    return String.valueOf(
        assertThrows(DiskException.class, () -> DiskImage.inspect(file)).getMessage());
  }

  private void assertHoldsTheDisk(Path image) throws IOException, DiskException {
    assertEquals(DiskLayout.read(new ArrayBytes(guest)), DiskImage.inspect(image).layout());
    try (FileChannel channel = FileChannel.open(image)) {
      GuestBytes disk = DiskImage.disk(new FileBytes(channel));
      assertEquals(guest.length, disk.sizeBytes());
      for (int at = 0; at < guest.length; at += 300_000) {
        byte[] expected = Arrays.copyOfRange(guest, at, Math.min(guest.length, at + 300_000));
        assertArrayEquals(expected, disk.readUpTo(at, 300_000), "at " + at);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "compat=1.1",
    "compat=0.10",
    "cluster_size=512",
    "cluster_size=2M",
    "'extended_l2=on,cluster_size=16k'",
    "preallocation=metadata",
    "preallocation=full",
    "lazy_refcounts=on"
  })
  void whatQemuImgMakesIsRead(String options) throws Exception {
    assertHoldsTheDisk(qemuImg("convert -O qcow2 -o " + options + " disk.raw out"));
  }

  @ParameterizedTest
  @CsvSource({"cluster_size=512", "cluster_size=64k", "cluster_size=2M", "extended_l2=on"})
  void whatQemuImgCompressesIsRead(String options) throws Exception {
    assertHoldsTheDisk(qemuImg("convert -c -O qcow2 -o " + options + " disk.raw out"));
  }

  @Test
  void snapshotsAreCounted() throws Exception {
    qemuImg("convert -O qcow2 disk.raw out");
    qemuImg("snapshot -c one out");
    Path image = qemuImg("snapshot -c two out");
    assertEquals(2, DiskImage.inspect(image).qcow2().orElseThrow().snapshots());
    assertHoldsTheDisk(image);
  }

  @Test
  void aBackingFileIsRefused() throws Exception {
    String message = refusal(qemuImg("create -f qcow2 -b disk.raw -F raw out"));
    assertTrue(message.startsWith("out: it needs its backing file \"disk.raw\""), message);
  }

  @Test
  void anExternalDataFileIsRefused() throws Exception {
    String message = refusal(qemuImg("create -f qcow2 -o data_file=data out 1M"));
    assertTrue(message.contains("external data file"), message);
  }

  @ParameterizedTest
  @CsvSource({"vmdk, VMDK", "vdi, VDI", "vhdx, VHDX", "vpc, VHD", "qcow, QCOW", "qed, QED"})
  void otherFormatsAreNamed(String format, ImageFormat expected) throws Exception {
    String message = refusal(qemuImg("convert -O " + format + " disk.raw out"));
    assertTrue(message.contains("it is " + expected.title() + ": convert it"), message);
  }

  @Test
  void anImageThatWasCutOffIsRefused() throws Exception {
    Path image = qemuImg("convert -c -O qcow2 disk.raw out");
    byte[] whole = Files.readAllBytes(image);
    Files.write(image, Arrays.copyOf(whole, whole.length * 2 / 3));
    assertTrue(refusal(image).contains("cut off"), refusal(image));
  }
}
