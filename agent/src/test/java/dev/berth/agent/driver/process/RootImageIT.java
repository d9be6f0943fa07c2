package dev.berth.agent.driver.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.agent.artifact.LayerArchive;
import dev.berth.agent.artifact.RootStore;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Failure;
import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.agent.image.ListedImage;
import dev.berth.agent.image.PrivateRegistry;
import dev.berth.v1.ProcessIsolation;
import dev.berth.v1.ProcessRoot;
import dev.berth.v1.ProcessSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Processes whose root file systems are images of a real registry.
@Timeout(180)
class RootImageIT {
  private static final LogQuery ALL =
      new LogQuery(true, OptionalInt.empty(), Optional.empty(), false);
  private static final String TAR = "application/vnd.oci.image.layer.v1.tar";
  private static final String NAME = "team/tools";

  @TempDir Path directory;
  private @Nullable PrivateRegistry started;
  private @Nullable ProcessFixture opened;

  @BeforeEach
  void start() throws Exception {
    Optional<String> obstacle = PrivateRegistry.obstacle().or(SmallRoot::obstacle);
    obstacle.ifPresent(reason -> System.err.println("SKIPPED: " + reason));
    assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
    started = PrivateRegistry.start(directory);
    opened = new ProcessFixture(ProcessFixture.Cgroups.HOST);
  }

  @AfterEach
  void stop() throws Exception {
    if (opened != null) {
      opened.close();
    }
    if (started != null) {
      started.close();
    }
  }

  private PrivateRegistry registry() {
    if (started == null) {
      throw new IllegalStateException("was not started");
    }
    return started;
  }

  private ProcessFixture fixture() {
    if (opened == null) {
      throw new IllegalStateException("was not started");
    }
    return opened;
  }

  /// @return digest of the manifest
  private String push(String tag, LayerArchive... layers) throws Exception {
    String[] descriptors = new String[layers.length];
    for (int i = 0; i < layers.length; i++) {
      descriptors[i] = registry().blob(NAME, TAR, layers[i].bytes());
    }
    return registry()
        .manifest(NAME, tag, "", descriptors)
        .replaceAll(".*\"sha256:([0-9a-f]{64})\".*", "$1");
  }

  private static LayerArchive base() throws Exception {
    LayerArchive layer =
        new LayerArchive()
            .directory("bin/", 0755)
            .file("bin/busybox", 0755, Files.readAllBytes(SmallRoot.BUSYBOX))
            .file("etc/passwd", SmallRoot.PASSWD)
            .file("etc/group", SmallRoot.GROUP)
            .file("old/file", "of the first layer");
    for (String program : SmallRoot.PROGRAMS) {
      layer.link("bin/" + program, "busybox");
    }
    return layer;
  }

  private ProcessSpec.Builder shell(String version, String script) {
    return ProcessFixture.spec("sh", "-c", script)
        .setIsolation(ProcessIsolation.PROCESS_ISOLATION_ROOTFS)
        .setRoot(ProcessRoot.newBuilder().setImage(registry().host() + "/" + NAME + version));
  }

  private String says(ProcessSpec.Builder process) throws Exception {
    ProcessFixture fixture = fixture();
    RuntimeHandle handle = fixture.run(fixture.of(process));
    String text = fixture.output(handle, ALL);
    return text + fixture.ended(handle).exitCode();
  }

  @Test
  void runsWhatIsInAnImageAndChangesNothingOfIt() throws Exception {
    String digest =
        push(
            "2",
            base(),
            new LayerArchive()
                .file("old/.wh.file", "")
                .file("new", "of the second layer\n")
                .link("leads", "/new"));
    String script = "id -u; ls /old; cat /leads; echo mine >/new; cat /new; exit 3";
    String expected =
        "4321\nof the second layer\nsh: can't create /new: Permission denied\n"
            + "of the second layer\n3";
    assertEquals(expected, says(shell(":2", script).setUser("sailor")));
    String byRoot = "0\nof the second layer\nmine\n3";
    assertEquals(byRoot, says(shell(":2", script)));
    // With its digest it needs no registry any more.
    registry().close();
    assertEquals(byRoot, says(shell("@sha256:" + digest, script)));
    DriverException away =
        assertThrows(DriverException.class, () -> fixture().run(fixture().of(shell(":2", script))));
    assertInstanceOf(Failure.Retryable.class, away.failure());
    assertEquals(Set.of(digest), new RootUses(fixture().ground().directory()).byDigest().keySet());
  }

  @Test
  void severalThatWantTheSameGetOne() throws Exception {
    push("1", base());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> all =
          IntStream.range(0, 6)
              .mapToObj(_ -> threads.submit(() -> says(shell(":1", "id -u"))))
              .toList();
      for (Future<String> each : all) {
        assertEquals("0\n0", each.get());
      }
    }
    assertEquals(1, fixture().artifacts().roots().list().size());
  }

  @Test
  void whatNobodyUsesGoesAndWhatWasUsedMeanwhileStays() throws Exception {
    push("1", base());
    assertEquals("0\n0", says(shell(":1", "id -u")));
    RootStore roots = fixture().artifacts().roots();
    ListedImage before = roots.list().getFirst();
    assertTrue(before.bytes() > 1_000_000);
    Files.setLastModifiedTime(
        roots.root().resolve(before.image().digest()),
        java.nio.file.attribute.FileTime.fromMillis(1_000_000));
    assertFalse(roots.remove(before));
    assertTrue(roots.remove(roots.list().getFirst()));
    try (Stream<Path> left = Files.list(roots.root())) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void anImageThatMayNotBeUnpackedOrIsNotThereSaysSo() throws Exception {
    push("bad", new LayerArchive().file("../x", "out"));
    DriverException refused =
        assertThrows(
            DriverException.class, () -> fixture().run(fixture().of(shell(":bad", "true"))));
    assertInstanceOf(Failure.Permanent.class, refused.failure());
    assertTrue(String.valueOf(refused.getMessage()).contains("no path in a root"));
    DriverException missing =
        assertThrows(
            DriverException.class, () -> fixture().run(fixture().of(shell(":none", "true"))));
    assertTrue(String.valueOf(missing.getMessage()).contains("the registry has no"));
    LayerArchive changed = base();
    push("changed", changed);
    byte[] layer = changed.bytes();
    Path kept = registry().fileOf(layer);
    layer[5000]++;
    Files.write(kept, layer);
    DriverException forged =
        assertThrows(
            DriverException.class, () -> fixture().run(fixture().of(shell(":changed", "true"))));
    assertEquals("ImageDigestMismatch", forged.failure().reason());
    try (Stream<Path> left = Files.list(fixture().artifacts().roots().root())) {
      assertEquals(0, left.count());
    }
  }
}
