package dev.berth.agent.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class Qcow2HeaderTest {
  private static final int GUEST_BYTES = 1 << 20;

  private static Qcow2Fixture image() {
    return Qcow2Fixture.plain(3, new byte[GUEST_BYTES]);
  }

  private static void assertRefused(String message, Consumer<Qcow2Fixture> change) {
    Qcow2Fixture image = image();
    change.accept(image);
    assertRefused(message, image.file());
  }

  private static void assertRefused(String message, GuestBytes file) {
    DiskException refusal =
        assertThrows(DiskException.class, () -> Qcow2Header.read(file).requireUsable(), message);
    assertTrue(String.valueOf(refusal.getMessage()).contains(message), refusal.getMessage());
  }

  @Test
  void readsWhatVersionsTwoAndThreeHold() throws IOException, DiskException {
    for (int version = 2; version <= 3; version++) {
      Qcow2Fixture image = Qcow2Fixture.plain(version, new byte[GUEST_BYTES]);
      image.bytes.putInt(60, 7).putLong(64, Qcow2Fixture.CLUSTER);
      Qcow2Header header = Qcow2Header.read(image.file());
      assertEquals(
          new Qcow2Header(
              version,
              GUEST_BYTES,
              12,
              new Qcow2Header.Table(Qcow2Fixture.L1_OFFSET, 1),
              "",
              new Qcow2Features(0, 0, 0),
              7),
          header);
      assertEquals(4096, header.clusterBytes());
      assertFalse(header.hasBackingFile());
      header.requireUsable();
    }
  }

  @Test
  void versionTwoHasNoFeatures() throws IOException, DiskException {
    Qcow2Fixture image = Qcow2Fixture.plain(2, new byte[GUEST_BYTES]).incompatible(-1);
    assertEquals(0, Qcow2Header.read(image.file()).features().incompatible());
  }

  @Test
  void aBackingFileIsNamedAndRefused() throws IOException, DiskException {
    Qcow2Fixture image = image().backingFile("/etc/shadow");
    assertEquals("/etc/shadow", Qcow2Header.read(image.file()).backingFile());
    assertRefused("backing file \"/etc/shadow\"", image.file());
    assertRefused("qemu-img convert -O qcow2", image.file());
  }

  @Test
  void aBackingFilesNameCannotForgeLinesOfALog() {
    assertRefused("\"a?b?c\"", image -> image.backingFile("a\nb\u001bc"));
    assertRefused("\"" + "x".repeat(200) + "…\"", image -> image.backingFile("x".repeat(900)));
  }

  @Test
  void everyFeatureThatStandsInTheWayIsNamed() {
    assertRefused("dirty", image -> image.incompatible(1));
    assertRefused("corrupt", image -> image.incompatible(2));
    assertRefused("external data file", image -> image.incompatible(4));
    assertRefused("not known here (bits 0x20)", image -> image.incompatible(0x20));
    assertRefused("bits 0x8000000000000000", image -> image.incompatible(Long.MIN_VALUE));
    assertRefused("encrypted", image -> image.bytes.putInt(32, 1));
    assertRefused("encrypted", image -> image.bytes.putInt(32, 2));
  }

  @Test
  void allThatIsWrongIsSaidAtOnce() {
    Qcow2Fixture image = image().incompatible(1).backingFile("base");
    assertRefused("dirty", image.file());
    assertRefused("backing file", image.file());
  }

  @Test
  void compressionIsNamed() throws IOException, DiskException {
    Qcow2Fixture image = image().incompatible(8);
    image.bytes.putInt(100, 112).put(104, (byte) 1);
    assertEquals("zstd", Qcow2Header.read(image.file()).features().compressionName());
    image.bytes.put(104, (byte) 9);
    assertEquals("type 9", Qcow2Header.read(image.file()).features().compressionName());
    image.incompatible(0);
    assertEquals("zlib", Qcow2Header.read(image.file()).features().compressionName());
  }

  @Test
  void absurdSizesAreRefused() {
    assertRefused("64 TiB", image -> image.bytes.putLong(24, Long.MAX_VALUE));
    assertRefused("18446744073709551615 bytes", image -> image.bytes.putLong(24, -1));
    assertRefused("0 bytes", image -> image.bytes.putLong(24, 0));
    assertRefused("2^22 bytes", image -> image.bytes.putInt(20, 22));
    assertRefused("2^8 bytes", image -> image.bytes.putInt(20, 8));
    assertRefused("2^-1 bytes", image -> image.bytes.putInt(20, -1));
    assertRefused("L1 table of 4294967295", image -> image.bytes.putInt(36, -1));
    assertRefused("L1 table of 0 entries instead of 1", image -> image.bytes.putInt(36, 0));
    assertRefused("65537 snapshots", image -> image.bytes.putInt(60, 65537));
    assertRefused("reference counts of 2^7", image -> image.bytes.putInt(96, 7));
    assertRefused("reference counts of 0 bytes", image -> image.bytes.putInt(56, 0));
    assertRefused("table of reference counts", image -> image.bytes.putInt(56, -1));
    assertRefused("extended L2 entries in clusters of 2^12", image -> image.incompatible(1 << 4));
  }

  @Test
  void headersOfImpossibleLengthAreRefused() {
    assertRefused("a header of 96 bytes", image -> image.bytes.putInt(100, 96));
    assertRefused("a header of 105 bytes", image -> image.bytes.putInt(100, 105));
    assertRefused("a header of 4104 bytes", image -> image.bytes.putInt(100, 4104));
    assertRefused("a header of 4294967288 bytes", image -> image.bytes.putInt(100, -8));
  }

  @Test
  void tablesOutsideOfTheFileAreRefused() {
    assertRefused("L1 table at byte 1048576 goes", image -> image.bytes.putLong(40, 1 << 20));
    assertRefused("a L1 table at byte 0", image -> image.bytes.putLong(40, 0));
    assertRefused(
        "a L1 table at byte 9223372036854775808", image -> image.bytes.putLong(40, Long.MIN_VALUE));
    assertRefused("a L1 table at byte 8200", image -> image.bytes.putLong(40, 8200));
    assertRefused(
        "L1 table at byte 9223372036854771712",
        image -> image.bytes.putLong(40, Long.MAX_VALUE & -4096));
    assertRefused(
        "table of reference counts at byte 9223372036854771712",
        image -> image.bytes.putLong(48, Long.MAX_VALUE & -4096));
    assertRefused(
        "table of snapshots at byte", image -> image.bytes.putInt(60, 1).putLong(64, 1 << 20));
    assertRefused(
        "name outside of its first cluster", image -> image.bytes.putLong(8, 4090).putInt(16, 9));
    assertRefused("name of 1024 bytes", image -> image.bytes.putLong(8, 512).putInt(16, 1024));
    assertRefused("name of 0 bytes", image -> image.bytes.putLong(8, 512));
    assertRefused("name outside", image -> image.bytes.putLong(8, Long.MIN_VALUE).putInt(16, 1));
  }

  @Test
  void everyShorterFileIsRefused() throws IOException, DiskException {
    byte[] whole = image().backingFile("base").array();
    int end = Qcow2Fixture.L1_OFFSET + 8;
    assertTrue(Qcow2Header.read(new ArrayBytes(Arrays.copyOf(whole, end))).hasBackingFile());
    for (int length = 0; length < end; length++) {
      byte[] shorter = Arrays.copyOf(whole, length);
      assertThrows(
          DiskException.class, () -> Qcow2Header.read(new ArrayBytes(shorter)), "" + length);
    }
  }

  @Test
  void otherVersionsAreNoQcow2() {
    assertRefused("no qcow2 image of version 2 or 3", image -> image.bytes.putInt(4, 1));
    assertRefused("no qcow2 image of version 2 or 3", image -> image.bytes.putInt(4, 4));
    assertRefused("no qcow2 image of version 2 or 3", image -> image.bytes.put(3, (byte) 0));
  }
}
