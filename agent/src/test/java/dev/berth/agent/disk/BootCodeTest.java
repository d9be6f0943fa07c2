package dev.berth.agent.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BootCodeTest {
  private static final String VISTA = "3\u00c0\u008e\u00d0\u00bc\0|\u008e\u00c0\u008e\u00d8";
  private static final String XP = "3\u00c0\u008e\u00d0\u00bc\0|\u00fbP\u0007P\u001f\u00fc";
  private static final String GRUB = "GRUB \0Geom\0Hard Disk\0Read\0 Error\r\n";

  private static DiskFixture sector(String start) {
    return new DiskFixture(1).text(0, start);
  }

  private static BootCode code(DiskFixture sector) {
    return BootCode.of(sector.array());
  }

  @Test
  void grubIsToldApartByItsFirstJump() {
    assertEquals(BootCode.GRUB2, code(sector("\u00ebc\u0090").text(0x180, GRUB)));
    assertEquals(BootCode.GRUB2, code(sector("\u00ebL\u0090").text(0x180, GRUB)));
    assertEquals(BootCode.GRUB_LEGACY, code(sector("\u00ebH\u0090").text(0x17f, GRUB)));
    assertEquals(BootCode.UNKNOWN, code(sector("\u00ebc\u0090")));
  }

  @Test
  void syslinuxAndIsolinuxAreKnownByWhatTheyPrint() {
    assertEquals(
        BootCode.SYSLINUX, code(sector("3\u00c0").text(0x5e, "Missing operating system.\r\n")));
    assertEquals(BootCode.SYSLINUX, code(sector("3\u00c0").text(0xb6, "Missing OS\r\n")));
    assertEquals(
        BootCode.ISOLINUX,
        code(sector("3\u00ed").text(0xb6, "isolinux.bin missing or corrupt.\r\n")));
  }

  @Test
  void windowsIsKnownByItsInstructionsInEveryLanguage() {
    String german = "Ung\u0081ltige Partitionstabelle";
    DiskFixture vista = sector(VISTA).text(0x100, "f\u0081\u00fbTCPA").text(0x163, german);
    assertEquals(BootCode.WINDOWS, code(vista));
    assertEquals(BootCode.WINDOWS_XP, code(sector(XP).text(0x12c, german)));
    assertEquals(BootCode.UNKNOWN, code(sector(VISTA)));
  }

  @Test
  void liloSignsItsFirstSector() {
    assertEquals(BootCode.LILO, code(sector("\u00fa\u00eb!\u0001\u00b4\u0001LILO")));
  }

  @Test
  void zerosAreNoCodeAndAnythingElseIsUnknown() {
    assertEquals(BootCode.EMPTY, code(new DiskFixture(1).mbrEntry(0, 0x80, 0x83, 1, 9)));
    assertEquals(BootCode.UNKNOWN, code(sector("\0\0\u0001")));
    assertEquals(BootCode.EMPTY, BootCode.of(new byte[0]));
  }

  /// The real ones, where a package has put them.
  @ParameterizedTest
  @CsvSource({
    "GRUB2, /usr/lib/grub/i386-pc/boot.img, grub-pc-bin",
    "GRUB2, /usr/lib/grub/i386-pc/boot_hybrid.img, grub-pc-bin"
  })
  void realBootCodeIsRecognised(BootCode expected, String file, String packageName)
      throws IOException {
    assumeTrue(Files.exists(Path.of(file)), file + " is not there (package " + packageName + ")");
    assertEquals(expected, BootCode.of(Files.readAllBytes(Path.of(file))));
  }
}
