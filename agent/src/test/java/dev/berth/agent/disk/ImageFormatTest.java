package dev.berth.agent.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ImageFormatTest {
  @TempDir Path directory;

  private static DiskFixture magic(int offset, String text) {
    return new DiskFixture(80).text(offset, text);
  }

  private static String refusal(GuestBytes file) {
    return String.valueOf(
        assertThrows(DiskException.class, () -> DiskImage.inspect(file)).getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "VMDK, 0, KDMV",
    "VMDK, 0, COWD",
    "VMDK, 0, # Disk DescriptorFile",
    "VDI, 64, '\u007f\u0010\u00da\u00be'",
    "VHDX, 0, vhdxfile",
    "VHD, 0, conectix",
    "QED, 0, 'QED\u0000'",
    "QCOW, 0, 'QFI\u00fb\u0000\u0000\u0000\u0001'",
    "ISO, 32769, CD001",
    "GZIP, 0, '\u001f\u008b\u0008'",
    "XZ, 0, '\u00fd7zXZ\u0000'",
    "BZIP2, 0, BZh91AY&SY",
    "ZSTD, 0, '(\u00b5/\u00fd'",
    "ZIP, 0, 'PK\u0003\u0004'",
    "TAR, 257, ustar",
    "HTML, 0, '  <!DOCTYPE html>'",
    "HTML, 0, <HTML>"
  })
  void otherFormatsAreNamedAndRefusedWithWhatToDo(ImageFormat format, int offset, String text)
      throws IOException, DiskException {
    GuestBytes file = magic(offset, text).guest();
    assertEquals(format, ImageFormat.of(file));
    assertTrue(!format.advice().isEmpty());
    assertEquals("it is " + format.title() + ": " + format.advice(), refusal(file));
  }

  @Test
  void diskFormatsAreToBeConvertedByQemuImg() {
    for (ImageFormat format :
        new ImageFormat[] {
          ImageFormat.VMDK, ImageFormat.VDI, ImageFormat.VHDX, ImageFormat.VHD, ImageFormat.QCOW
        }) {
      assertTrue(format.advice().contains("qemu-img convert -O qcow2"), format.toString());
    }
  }

  @Test
  void aCdsImageThatBootsFromADiskIsRaw() throws IOException, DiskException {
    GuestBytes hybrid = magic(32769, "CD001").mbrEntry(0, 0x80, 0x17, 0, 80).guest();
    assertEquals(ImageFormat.RAW, DiskImage.inspect(hybrid).format());
    assertEquals(FileSystem.ISO9660, DiskImage.inspect(hybrid).layout().wholeDisk());
  }

  @Test
  void whatNothingIsRecognisedInIsRaw() throws IOException, DiskException {
    assertEquals(ImageFormat.RAW, ImageFormat.of(magic(1, "KDMV").guest()));
    assertEquals(ImageFormat.RAW, ImageFormat.of(new DiskFixture(0).guest()));
  }

  @Test
  void emptyAndTinyFilesAreRefused() {
    assertEquals("it is empty; copy it again", refusal(new ArrayBytes(new byte[0])));
    assertTrue(refusal(new ArrayBytes(new byte[511])).startsWith("it has 511 bytes"));
  }

  @Test
  void aQcow2ImageThatNeedsAnotherFileIsNeverOpened() {
    byte[] guest = DiskFixture.gpt().array();
    for (Qcow2Fixture image :
        new Qcow2Fixture[] {
          Qcow2Fixture.plain(3, guest).backingFile("/etc/shadow"),
          Qcow2Fixture.plain(3, guest).incompatible(1 << 2)
        }) {
      assertTrue(refusal(image.file()).contains("make one file of both"), refusal(image.file()));
      assertThrows(DiskException.class, () -> DiskImage.disk(image.file()));
    }
  }

  @Test
  void messagesBeginWithTheFilesName() throws IOException {
    Path file = directory.resolve("disk\n.vmdk");
    Files.write(file, magic(0, "KDMV").array());
    String message =
        String.valueOf(
            assertThrows(DiskException.class, () -> DiskImage.inspect(file)).getMessage());
    assertTrue(message.startsWith("disk?.vmdk: it is VMDK (VMware): convert it"), message);
  }

  @Test
  void aRawFileIsReadFromDisk() throws IOException, DiskException {
    Path file = directory.resolve("disk.raw");
    Files.write(file, DiskFixture.gpt().array());
    DiskImage image = DiskImage.inspect(file);
    assertEquals(512 * 512, image.virtualSizeBytes());
    assertEquals(DiskLayout.read(DiskFixture.gpt().guest()), image.layout());
  }

  @Test
  void whatIsNoFileIsRefused() {
    assertThrows(DiskException.class, () -> DiskImage.inspect(directory));
    assertThrows(NoSuchFileException.class, () -> DiskImage.inspect(directory.resolve("nothing")));
  }
}
