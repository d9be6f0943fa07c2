package dev.berth.controller.security;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PkiDirectoryTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path data;

  private PkiDirectory pki() {
    return new PkiDirectory(data.resolve("d"), List.of("localhost", "127.0.0.1", "::1"));
  }

  @Test
  void makesEverythingForTheOwnerOnly() throws Exception {
    pki().prepare(NOW);
    for (String each : List.of("pki", "etcd-pki")) {
      assertEquals("rwx------", permissions(data.resolve("d").resolve(each)));
    }
    Map<String, byte[]> files = files();
    assertEquals(12, files.size(), files.keySet().toString());
    for (String file : files.keySet()) {
      assertEquals("rw-------", permissions(data.resolve("d").resolve(file)), file);
    }
  }

  @Test
  void changesNothingTheSecondTime() throws Exception {
    String digest = pki().prepare(NOW).digest();
    Map<String, byte[]> before = files();
    assertEquals(digest, pki().prepare(NOW).digest());
    before.forEach(
        (file, content) -> assertArrayEquals(content, read(data.resolve("d").resolve(file)), file));
  }

  @Test
  void completesWhatIsMissingUnderTheSameAuthority() throws Exception {
    String digest = pki().prepare(NOW).digest();
    Files.delete(data.resolve("d/pki/admin.crt"));
    Files.delete(data.resolve("d/etcd-pki/server.key"));
    assertEquals(digest, pki().prepare(NOW).digest());
    assertEquals(12, files().size());
  }

  @Test
  void startsAnewAfterACrashInTheMiddle() throws Exception {
    Path torn = Files.createDirectories(data.resolve("d/.pki.new"));
    Files.writeString(torn.resolve("ca.key"), "half");
    pki().prepare(NOW);
    assertEquals(12, files().size());
  }

  @Test
  void neverReplacesAnAuthorityThatLacksItsKey() throws Exception {
    pki().prepare(NOW);
    Files.delete(data.resolve("d/pki/ca.key"));
    SecurityFailure failure = assertThrows(SecurityFailure.class, () -> pki().prepare(NOW));
    assertTrue(String.valueOf(failure.getMessage()).contains("ca.key"), failure.getMessage());
  }

  @Test
  void saysWhichFileIsCutOff() throws Exception {
    pki().prepare(NOW);
    Path file = data.resolve("d/pki/ca.crt");
    String text = Files.readString(file);
    Files.writeString(file, text.substring(0, text.length() - 40));
    SecurityFailure failure = assertThrows(SecurityFailure.class, () -> pki().prepare(NOW));
    assertTrue(String.valueOf(failure.getMessage()).contains("cut off"), failure.getMessage());
  }

  @Test
  void renewsTheControllersCertificateAtTwoThirds() throws Exception {
    PkiDirectory pki = pki();
    ControllerIdentity identity = new ControllerIdentity(pki.prepare(NOW), pki, NOW);
    X509Certificate first = identity.getCertificateChain("")[0];
    assertEquals(2, identity.getCertificateChain("").length, "leaf and authority");
    assertTrue(!identity.renewIfDue(NOW.plus(Duration.ofDays(4))));
    assertTrue(identity.renewIfDue(NOW.plus(Duration.ofDays(5))));
    assertNotEquals(first, identity.getCertificateChain("")[0]);
  }

  @Test
  void renewsTheControllersCertificateWhenTheClockWasSetBack() throws Exception {
    PkiDirectory pki = pki();
    ControllerIdentity identity = new ControllerIdentity(pki.prepare(NOW), pki, NOW);
    assertTrue(identity.renewIfDue(NOW.minus(Duration.ofDays(1))));
  }

  private Map<String, byte[]> files() throws Exception {
    Map<String, byte[]> found = new TreeMap<>();
    Path root = data.resolve("d");
    try (Stream<Path> all = Files.walk(root)) {
      all.filter(Files::isRegularFile)
          .forEach(file -> found.put(root.relativize(file).toString(), read(file)));
    }
    return found;
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String permissions(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
