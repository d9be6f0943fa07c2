package dev.berth.cli.controller;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class ControllerVerbsTest {
  @TempDir private Path directory;
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    berth = new Berth(cluster.environment());
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  @Test
  void listsWhoLeadsWhoFollowsAndWhoCannotBeReached() {
    List<String> lines = berth.run("controller", "ls").lines();
    assertTrue(lines.get(1).matches("aaaaaaaa +10.0.0.1:7443 +leader +yes +0.0 s .*"), "" + lines);
    assertTrue(
        lines.get(2).matches("bbbbbbbb +10.0.0.2:7443 +follower +yes +0.7 s .*"), "" + lines);
    assertTrue(lines.get(3).matches("cccccccc +10.0.0.3:7443 +unknown +no +- .*"), "" + lines);
  }

  @Test
  void savesASnapshotWithAChecksumThatOnlyItsOwnerCanRead() throws Exception {
    Path file = directory.resolve("state");
    Berth.Result saved = berth.run("controller", "snapshot", "save", file.toString());
    assertEquals(0, saved.exitCode(), saved.err());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    byte[] bytes = Files.readAllBytes(file);
    int end = bytes.length - 32;
    assertArrayEquals(
        MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(bytes, end)),
        Arrays.copyOfRange(bytes, end, bytes.length));
  }

  @Test
  void leavesNoFileWhenTheSnapshotIsNotWhole() throws IOException {
    cluster.admin().snapshotEntries(1);
    Path file = directory.resolve("state");
    Berth.Result saved = berth.run("controller", "snapshot", "save", file.toString());
    assertEquals(1, saved.exitCode());
    assertTrue(saved.err().contains("1 entries (expected: 2)"), saved.err());
    try (var files = Files.list(directory)) {
      assertFalse(files.anyMatch(each -> each.getFileName().toString().contains("state")));
    }
  }

  @Test
  void saysHowToRestoreWithoutACheckout() {
    Berth.Result refused =
        berth.run("controller", "snapshot", "restore", "/nonexistent", "--data-dir=/nonexistent");
    assertEquals(1, refused.exitCode());
    assertTrue(refused.err().contains("berth-controller restore"), refused.err());
  }
}
