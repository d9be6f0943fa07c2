package dev.berth.agent.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.ContainerNetworks;
import dev.berth.agent.driver.ContainerVolumes;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Failure;
import dev.berth.agent.driver.Observation;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.Mount;
import dev.berth.v1.Network;
import dev.berth.v1.NetworkSpec;
import dev.berth.v1.NetworkSubnet;
import dev.berth.v1.Volume;
import dev.berth.v1.VolumePruneRequest;
import dev.berth.v1.VolumeRemoval;
import dev.berth.v1.VolumeSpec;
import dev.berth.v1.WorkloadSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Volumes and networks of a real daemon.
@Timeout(180)
class DaemonObjectsIT {
  @RegisterExtension static final DockerRig RIG = new DockerRig();

  private interface Ask {
    void run() throws DriverException;
  }

  private static Failure failure(Ask ask) {
    return assertThrows(DriverException.class, ask::run).failure();
  }

  private static AssignedInstance instance(String volume, String network) {
    WorkloadSpec.Builder spec =
        WorkloadSpec.newBuilder()
            .setContainer(
                ContainerSpec.newBuilder()
                    .setImage(PrivateDocker.IMAGE)
                    .addCommand("sleep")
                    .addCommand("1000")
                    .setNetwork(network));
    if (!volume.isEmpty()) {
      spec.addMounts(Mount.newBuilder().setTarget("/data").setVolume(volume));
    }
    return AssignedInstance.newBuilder()
        .setInstanceId(UUID.randomUUID().toString().replace("-", ""))
        .setNamespace("shop")
        .setWorkload("db")
        .setSlot(2)
        .setSpec(spec)
        .build();
  }

  private static VolumeSpec volume(String name, Map<String, String> labels) {
    return VolumeSpec.newBuilder().setName(name).putAllLabels(labels).build();
  }

  @Test
  void aVolumeIsMadeOnceAndSaysWhoHasIt() throws Exception {
    ContainerVolumes volumes = RIG.driver().volumes();
    Volume made = volumes.create(volume("db-data", Map.of("team", "shop")));
    assertEquals("local", made.getDriver());
    assertEquals("local", made.getScope());
    assertEquals(Map.of("team", "shop"), made.getLabelsMap());
    assertTrue(made.hasCreateTime() && !made.getAnonymous(), made.toString());
    assertEquals(made, volumes.create(volume("db-data", Map.of())));

    AssignedInstance instance = instance("db-data", "");
    Observation container = RIG.driver().prepare(instance, _ -> {});
    try {
      Volume used =
          volumes.list().stream()
              .filter(each -> each.getName().equals("db-data"))
              .findFirst()
              .orElseThrow();
      assertTrue(used.hasCreateTime(), used.toString());
      assertEquals("shop", used.getUsers(0).getNamespace());
      assertEquals("db.2", used.getUsers(0).getSlot());
      assertEquals(instance.getInstanceId(), used.getUsers(0).getInstanceId());
      // It was never started: what was made counts, running or not.
      Failure inUse = failure(() -> volumes.remove("db-data"));
      assertEquals(ContainerVolumes.IN_USE, inUse.reason());
      assertTrue(inUse.message().contains("shop/db.2 has it"), inUse.message());
    } finally {
      RIG.driver().remove(container.handle());
    }
    assertEquals("db-data", volumes.remove("db-data").getName());
    assertEquals(ContainerVolumes.MISSING, failure(() -> volumes.inspect("db-data")).reason());
    assertEquals(ContainerVolumes.MISSING, failure(() -> volumes.remove("db-data")).reason());
  }

  @Test
  void aVolumeLeadsToNoPathThatContainersMayNotHave() throws Exception {
    ContainerVolumes volumes = RIG.driver().volumes();
    for (String device : List.of("/", RIG.docker().socket().toString())) {
      VolumeSpec bind =
          VolumeSpec.newBuilder()
              .setName("way-out")
              .putOptions("type", "none")
              .putOptions("o", "bind")
              .putOptions("device", device)
              .build();
      Failure refused = failure(() -> volumes.create(bind));
      assertInstanceOf(Failure.Permanent.class, refused);
      assertTrue(refused.message().matches("(host path|option device).*"), refused.message());
    }
    assertEquals(ContainerVolumes.MISSING, failure(() -> volumes.inspect("way-out")).reason());
    Failure plugin =
        failure(
            () -> volumes.create(VolumeSpec.newBuilder().setName("x").setDriver("nobody").build()));
    assertTrue(plugin.message().contains("nobody"), plugin.message());
  }

  @Test
  void pruneTakesWhatNobodyHasAndNothingElse() throws Exception {
    ContainerVolumes volumes = RIG.driver().volumes();
    String anonymous = "cd".repeat(32);
    for (String name : List.of(anonymous, "used", "claimed", "free", "labelled")) {
      var _ =
          volumes.create(volume(name, name.equals("labelled") ? Map.of("keep", "yes") : Map.of()));
    }
    Observation container = RIG.driver().prepare(instance("used", ""), _ -> {});
    try {
      VolumeRemoval first = volumes.prune(VolumePruneRequest.getDefaultInstance());
      assertEquals(List.of(anonymous), first.getRemovedList());
      VolumeRemoval second =
          volumes.prune(
              VolumePruneRequest.newBuilder()
                  .setAll(true)
                  .addExcludedLabels("keep=yes")
                  .addKept("claimed")
                  .build());
      assertEquals(List.of("free"), second.getRemovedList());
      assertEquals(List.of("claimed"), second.getKeptList());
      List<String> left = volumes.list().stream().map(Volume::getName).toList();
      assertTrue(left.containsAll(List.of("claimed", "labelled", "used")), left.toString());
      VolumeRemoval third =
          volumes.prune(VolumePruneRequest.newBuilder().setAll(true).addLabels("keep").build());
      assertEquals(List.of("labelled"), third.getRemovedList());
    } finally {
      RIG.driver().remove(container.handle());
      for (String name : List.of("used", "claimed")) {
        var _ = volumes.remove(name);
      }
    }
  }

  @Test
  void containersFindEachOtherByNameOnANetworkThatWasMade() throws Exception {
    ContainerNetworks networks = RIG.driver().networks();
    Network made =
        networks.create(
            NetworkSpec.newBuilder()
                .setName("shop-net")
                .putLabels("team", "shop")
                .setAttachable(true)
                .addSubnets(
                    NetworkSubnet.newBuilder()
                        .setSubnet("10.77.0.0/16")
                        .setGateway("10.77.0.1")
                        .setIpRange("10.77.5.0/24"))
                .build());
    assertEquals("bridge", made.getDriver());
    assertTrue(made.getAttachable() && !made.getInternal() && !made.getBuiltin());
    assertEquals("10.77.5.0/24", made.getSubnets(0).getIpRange());
    assertEquals(
        ContainerNetworks.EXISTS,
        failure(() -> networks.create(NetworkSpec.newBuilder().setName("shop-net").build()))
            .reason());
    Observation container = RIG.driver().prepare(instance("", "shop-net"), _ -> {});
    try {
      var _ = RIG.driver().start(container.handle());
      String id = container.handle().runtimeId();
      for (String name : List.of("db", "db-2")) {
        // Nobody listens there: busybox's wget says at which address that is.
        IOException refused =
            assertThrows(
                IOException.class,
                () ->
                    PrivateDocker.run(
                        "docker",
                        "-H",
                        RIG.docker().host().toString(),
                        "exec",
                        id,
                        "wget",
                        "-qO-",
                        "http://" + name + ":1/"));
        assertTrue(String.valueOf(refused.getMessage()).contains("10.77.5."), refused.toString());
      }
      assertEquals("db.2", networks.inspect("shop-net").getUsers(0).getSlot());
      Failure inUse = failure(() -> networks.remove("shop-net"));
      assertTrue(inUse.message().contains("shop/db.2 has it"), inUse.message());
      var _ = RIG.driver().stop(container.handle(), Duration.ZERO);
      // Docker itself would let it go now, and the container could never start again.
      assertEquals("NetworkInUse", failure(() -> networks.remove("shop-net")).reason());
    } finally {
      RIG.driver().remove(container.handle());
    }
    assertEquals(made.getId(), networks.remove(made.getId().substring(0, 12)).getId());
    assertEquals(ContainerNetworks.MISSING, failure(() -> networks.inspect("shop-net")).reason());
  }

  @Test
  void aContainerForANetworkThatIsNotThereIsNotMade() throws Exception {
    Failure missing = failure(() -> RIG.driver().prepare(instance("", "nowhere"), _ -> {}));
    assertInstanceOf(Failure.Permanent.class, missing);
    assertEquals(ContainerNetworks.MISSING, missing.reason());
    assertTrue(missing.message().contains("berth network create nowhere"), missing.message());
    ContainerNetworks networks = RIG.driver().networks();
    var _ = networks.create(NetworkSpec.newBuilder().setName("brief").build());
    Observation container = RIG.driver().prepare(instance("", "brief"), _ -> {});
    try {
      PrivateDocker.run("docker", "-H", RIG.docker().host().toString(), "network", "rm", "brief");
      Failure lost = failure(() -> RIG.driver().start(container.handle()));
      assertEquals(ContainerNetworks.MISSING, lost.reason(), lost.message());
    } finally {
      RIG.driver().remove(container.handle());
    }
  }

  @Test
  void listsTheRuntimesOwnNetworksAndDoesNotRemoveThem() throws Exception {
    ContainerNetworks networks = RIG.driver().networks();
    List<Network> all = networks.list();
    assertTrue(
        all.stream()
            .filter(Network::getBuiltin)
            .map(Network::getName)
            .toList()
            .containsAll(List.of("bridge", "host", "none")),
        all.toString());
    assertTrue(all.stream().allMatch(Network::hasCreateTime), all.toString());
    assertFalse(networks.inspect("none").getInternal());
    assertTrue(failure(() -> networks.remove("bridge")).message().contains("pre-defined"));
  }
}
