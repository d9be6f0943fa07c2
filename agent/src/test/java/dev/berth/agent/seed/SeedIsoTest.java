package dev.berth.agent.seed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SeedIsoTest {
  @TempDir Path directory;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, byte[]> seed() {
    Map<String, byte[]> files = new HashMap<>();
    files.put("user-data", bytes("#cloud-config\n"));
    files.put("meta-data", bytes("instance-id: x\n"));
    files.put("network-config", bytes("version: 2\n"));
    return files;
  }

  private static void assertSame(Map<String, byte[]> expected, Map<String, byte[]> actual) {
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((name, content) -> assertArrayEquals(content, actual.get(name), name));
  }

  @Test
  void linuxSeesTheNamesThroughRockRidge() {
    assertSame(seed(), new IsoReader(SeedIso.of(seed())).rockRidge());
  }

  @Test
  void windowsSeesTheNamesThroughJoliet() {
    assertSame(seed(), new IsoReader(SeedIso.of(seed())).joliet());
  }

  @Test
  void readersOfNeitherSeeShortNames() {
    Map<String, byte[]> plain = new IsoReader(SeedIso.of(seed())).plain();
    assertEquals(Set.of("META_DAT.;1", "NETWORK_.;1", "USER_DAT.;1"), plain.keySet());
    assertArrayEquals(bytes("#cloud-config\n"), plain.get("USER_DAT.;1"));
  }

  @Test
  void itsLabelIsTheOneThatCloudInitLooksFor() {
    IsoReader iso = new IsoReader(SeedIso.of(seed()));
    assertEquals("cidata", iso.label(1));
    assertEquals("cidata", iso.label(2));
  }

  @Test
  void theSameFilesGiveTheSameBytesInWhateverOrder() {
    Map<String, byte[]> other = new LinkedHashMap<>();
    for (String name : List.of("network-config", "user-data", "meta-data")) {
      other.put(name, seed().getOrDefault(name, new byte[0]));
    }
    assertArrayEquals(SeedIso.of(seed()), SeedIso.of(other));
    other.put("user-data", bytes("#cloud-config\n#"));
    assertTrue(!Arrays.equals(SeedIso.of(seed()), SeedIso.of(other)));
  }

  @Test
  void contentsOfEverySizeAreReadBack() {
    Map<String, byte[]> files = new TreeMap<>();
    Random random = new Random(7);
    for (int size : new int[] {0, 1, 2047, 2048, 2049, 4096, 64 << 10, 300_001}) {
      byte[] content = new byte[size];
      random.nextBytes(content);
      files.put("file-" + size, content);
    }
    IsoReader iso = new IsoReader(SeedIso.of(files));
    assertSame(files, iso.rockRidge());
    assertSame(files, iso.joliet());
  }

  @Test
  void anEmptyFileAtTheEndIsWithinTheImage() {
    Map<String, byte[]> files = Map.of("meta-data", bytes("x"), "user-data", new byte[0]);
    assertSame(files, new IsoReader(SeedIso.of(files)).rockRidge());
  }

  @Test
  void manyLongNamesFillSeveralSectorsOfTheDirectory() {
    Map<String, byte[]> files = new TreeMap<>();
    for (int i = 0; i < SeedIso.MOST_FILES; i++) {
      files.put("a-name-that-is-long.".repeat(3) + (10 + i), bytes("content " + i));
    }
    IsoReader iso = new IsoReader(SeedIso.of(files));
    assertSame(files, iso.rockRidge());
    assertSame(files, iso.joliet());
    assertTrue(iso.both(iso.descriptor(1) + 166) > 2048, "fits into one sector: too short a test");
  }

  @Test
  void namesThatAreTheSameWhenShortStayApart() {
    Map<String, byte[]> files = new TreeMap<>();
    for (String name :
        List.of("user-data", "user-data2", "user_data.b", "USER-DATA", "user-date")) {
      files.put(name, bytes(name));
    }
    IsoReader iso = new IsoReader(SeedIso.of(files));
    assertEquals(5, iso.plain().size());
    assertSame(files, iso.rockRidge());
  }

  @Test
  void onlyTheGuestsRootMayReadIt() {
    assertEquals(0100400, new IsoReader(SeedIso.of(seed())).mode("user-data"));
  }

  @Test
  void filesOutOfBoundsAreRefused() {
    Map<String, byte[]> many = new HashMap<>();
    for (int i = 0; i <= SeedIso.MOST_FILES; i++) {
      many.put("f" + i, new byte[0]);
    }
    byte[] half = new byte[SeedIso.MOST_TOTAL_BYTES / 2 + 1];
    for (Map<String, byte[]> files :
        List.of(
            Map.<String, byte[]>of(),
            many,
            Map.of("a", half, "b", half),
            Map.of("../user-data", half),
            Map.of("", half),
            Map.of("ü", half),
            Map.of("n".repeat(65), half))) {
      assertThrows(IllegalArgumentException.class, () -> SeedIso.of(files), files.toString());
    }
  }

  @Test
  void isoinfoAgrees() throws IOException, InterruptedException {
    assumeTrue(isInstalled("isoinfo"), "isoinfo is not installed (package genisoimage)");
    Path image = directory.resolve("seed.iso");
    Files.write(image, SeedIso.of(seed()));
    String names = "/meta-data\n/network-config\n/user-data";
    assertEquals(names, output("isoinfo", "-R", "-f", "-i", image.toString()));
    assertEquals(names, output("isoinfo", "-J", "-f", "-i", image.toString()));
    for (String extension : List.of("-R", "-J")) {
      assertEquals(
          "version: 2",
          output("isoinfo", extension, "-x", "/network-config", "-i", image.toString()));
    }
    String described = output("isoinfo", "-d", "-i", image.toString());
    assertTrue(described.contains("Volume id: cidata\n"), described);
    assertTrue(described.contains("Joliet with UCS level 3 found"), described);
    assertTrue(described.contains("Rock Ridge signatures version 1 found"), described);
  }

  private static boolean isInstalled(String program) {
    return List.of(System.getenv("PATH").split(":")).stream()
        .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
  }

  private static String output(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertNotEquals("", output);
    return output.strip();
  }
}
