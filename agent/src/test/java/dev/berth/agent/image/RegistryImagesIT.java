package dev.berth.agent.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Disks in images of a real registry.
@Timeout(180)
class RegistryImagesIT {
  private static final String TAR = "application/vnd.oci.image.layer.v1.tar";
  private static final String ZIPPED = "application/vnd.oci.image.layer.v1.tar+gzip";
  private static final String TEAM = "team/disk";

  @TempDir Path directory;
  private @Nullable PrivateRegistry started;
  private final byte[] disk = new byte[2 << 20];

  @BeforeEach
  void start() throws Exception {
    Optional<String> obstacle = PrivateRegistry.obstacle();
    obstacle.ifPresent(reason -> System.err.println("SKIPPED: " + reason));
    assumeTrue(obstacle.isEmpty(), () -> "no registry here: " + obstacle.orElse(""));
    new Random(1).nextBytes(disk);
    disk[510] = 0x55;
    disk[511] = (byte) 0xaa;
    started = PrivateRegistry.start(directory);
  }

  @AfterEach
  void stop() throws Exception {
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

  private String push(String tag, String type, byte[] layer) throws Exception {
    PrivateRegistry registry = registry();
    return registry.manifest(TEAM, tag, "", registry.blob(TEAM, type, layer));
  }

  private StoredImage pull(String reference, String digest) throws Exception {
    ImageSource source = new RegistryImages(RegistryAccess.anonymous(), "amd64");
    ImageStore store = ImageStore.open(directory.resolve("images"), source, InstantSource.system());
    return store.add(
        "disk",
        source,
        registry().host() + "/" + reference,
        new Expected(digest, 0, ImageCheck.DISK),
        (_, _) -> {});
  }

  private String refusal(String reference) {
    ImageException refused = assertThrows(ImageException.class, () -> pull(reference, ""));
    return String.valueOf(refused.getMessage());
  }

  private static byte[] layer(boolean zipped, byte[] content, String... names) throws Exception {
    return PrivateRegistry.layer(zipped, List.of(names), content);
  }

  @Test
  void takesTheDiskOutOfALayerZippedOrNot() throws Exception {
    String digest = PrivateRegistry.sha256(disk);
    var _ = push("zipped", ZIPPED, layer(true, disk, "etc/motd", "disk/guest.qcow2"));
    assertArrayEquals(disk, Files.readAllBytes(pull(TEAM + ":zipped", digest).file()));
    var _ = push("plain", TAR, layer(false, disk, "./disk/guest.img"));
    assertEquals(digest, pull(TEAM + ":plain", "").digest());
  }

  @Test
  void looksThroughTheLayersFromTheTopAndChoosesTheArchitecture() throws Exception {
    PrivateRegistry registry = registry();
    byte[] other = disk.clone();
    other[1000]++;
    String lower = registry.blob(TEAM, ZIPPED, layer(true, other, "disk/old.img"));
    String upper = registry.blob(TEAM, ZIPPED, layer(true, disk, "disk/new.img"));
    String top = registry.blob(TEAM, ZIPPED, layer(true, new byte[10], "README"));
    String ours = registry.manifest(TEAM, "", "amd64", lower, upper, top);
    String theirs = registry.manifest(TEAM, "", "arm64", lower);
    registry.index(TEAM, "both", theirs, ours);
    assertEquals(PrivateRegistry.sha256(disk), pull(TEAM + ":both", "").digest());
    registry.index(TEAM, "foreign", theirs);
    assertTrue(refusal(TEAM + ":foreign").contains("it is for linux/arm64"));
  }

  @Test
  void refusesWhatIsNotThereOrHoldsNoDiskOrSeveral() throws Exception {
    assertTrue(refusal(TEAM + ":none").contains("the registry has no"));
    var _ = push("empty", ZIPPED, layer(true, disk, "disk/deep/guest.img", "guest.img"));
    assertTrue(refusal(TEAM + ":empty").contains("holds no disk"));
    var _ = push("two", ZIPPED, layer(true, disk, "disk/a.img", "disk/b.img"));
    assertTrue(refusal(TEAM + ":two").contains("several disks"));
    var _ = push("broken", ZIPPED, new byte[] {0x1f, (byte) 0x8b, 8, 0});
    assertTrue(refusal(TEAM + ":broken").contains("cannot be fetched"));
    try (var left = Files.list(directory.resolve("images/partial"))) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void aDiskGoesToARegistryAndIsFetchedByAMachineThatNamesIt() throws Exception {
    // More than one piece of an upload.
    byte[] large = new byte[33 << 20];
    new Random(2).nextBytes(large);
    large[510] = 0x55;
    large[511] = (byte) 0xaa;
    RegistryDisks disks =
        new RegistryDisks(
            new RegistryTrust(directory.resolve("certs")), AgentClock.system(), Threads.virtual());
    String reference = registry().host() + "/" + TEAM + ":pushed";
    ImageSource nowhere =
        _ -> {
          throw new IOException("no URLs here");
        };
    ImageStore from = ImageStore.open(directory.resolve("from"), nowhere, InstantSource.system());
    StoredImage stored = from.add(reference, new ByteArrayInputStream(large), "");
    List<Long> seen = new ArrayList<>();
    String digest =
        disks.push(reference, stored, "raw", Optional.empty(), (done, _) -> seen.add(done));
    assertEquals(List.of(16L << 20, 32L << 20, 33L << 20), seen);
    String manifest = registry().manifest(TEAM, "pushed");
    assertEquals(PrivateRegistry.sha256(manifest.getBytes(StandardCharsets.UTF_8)), digest);
    assertTrue(
        manifest.contains("\"artifactType\":\"application/vnd.berth.vm.disk.v1\""), manifest);
    assertTrue(manifest.contains("application/vnd.oci.empty.v1+json"), manifest);
    ImageStore to =
        ImageStore.open(
            directory.resolve("to"), nowhere, disks.as(Optional.empty()), InstantSource.system());
    StoredImage fetched = to.resolve(reference, "", (_, _) -> {});
    assertEquals(stored.digest(), fetched.digest());
    assertEquals(Optional.of(stored.digest()), disks.digest(reference, Optional.empty()));
    var _ = push("boxed", TAR, layer(false, disk, "disk/guest.img"));
    assertEquals(
        Optional.empty(),
        disks.digest(registry().host() + "/" + TEAM + ":boxed", Optional.empty()));
    assertEquals(fetched, to.resolve(reference, "", (_, _) -> {}), "it has a name now");
    seen.clear();
    disks.push(reference, stored, "raw", Optional.empty(), (done, _) -> seen.add(done));
    assertEquals(List.of(), seen, "what the registry has is not sent again");
    Files.write(registry().fileOf(large), new byte[] {1}, StandardOpenOption.APPEND);
    ImageStore other =
        ImageStore.open(
            directory.resolve("other"),
            nowhere,
            disks.as(Optional.empty()),
            InstantSource.system());
    assertThrows(ImageException.class, () -> other.resolve(reference, "", (_, _) -> {}));
  }

  @Test
  void refusesALayerOrAManifestThatIsNotWhatItsDigestSays() throws Exception {
    byte[] layer = layer(false, disk, "disk/guest.img");
    String manifest = push("changed", TAR, layer);
    String digest = manifest.replaceAll(".*sha256:([0-9a-f]{64}).*", "$1");
    assertEquals(PrivateRegistry.sha256(disk), pull(TEAM + "@sha256:" + digest, "").digest());
    byte[] changed = layer.clone();
    changed[2000]++;
    Files.write(registry().fileOf(layer), changed);
    String refusal = refusal(TEAM + ":changed");
    assertTrue(refusal.contains(PrivateRegistry.sha256(layer)), refusal);
  }

  @Test
  void sendsNothingInTheClearButToThisHost() {
    ImageException refused =
        assertThrows(
            ImageException.class,
            () -> {
              ImageSource source = new RegistryImages(RegistryAccess.anonymous(), "amd64");
              ImageStore.open(directory.resolve("other"), source, InstantSource.system())
                  .add("disk", source, "localhost.invalid:1/a:1", Expected.of(""), (_, _) -> {});
            });
    assertTrue(refused.mayPass());
  }
}
