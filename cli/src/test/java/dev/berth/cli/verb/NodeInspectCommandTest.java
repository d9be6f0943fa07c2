package dev.berth.cli.verb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.util.JsonFormat;
import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.Samples;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Kind;
import dev.berth.v1.KindCount;
import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import dev.berth.v1.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A node with the layers of its host.
@Timeout(120)
class NodeInspectCommandTest {
  @TempDir private Path directory;
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    cluster.nodes().put(server());
    berth = new Berth(cluster.environment());
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  @Test
  void layersArePiledUpWithTheHardwareBelow() {
    String out = berth.run("node", "inspect", "alpha").out();
    assertTrue(out.contains("\nInstances:             3 (2 containers, 1 machine)\n"), out);
    assertEquals(
        """
        Layers, the highest first:
          what runs           3 (2 containers, 1 machine)
          hypervisor          libvirt is away: no socket
          container runtime   docker 20.10.24
                                can             logs pause
                                storage driver  overlay2
          C library           glibc 2.36
          operating system    Debian GNU/Linux 12 (bookworm)
          cgroups             cgroup v2
          kernel              Linux 6.1.0
                                namespaces  mnt net pid
          virtualization      bare metal
          firmware            UEFI 1.12.1
                                secure boot  on
          hardware            Intel(R) Xeon(R)
                                CPU cores         32
                                CPUs              64
                                disk nvme0n1      932Gi, Samsung SSD, solid state
                                gpu 0000:3b:00.0  nvidia, NVIDIA L40S
                                memory            4Gi
                                nic eno1          ice, aa:bb:cc:dd:ee:ff, 25000 Mbit/s, up
                                numa node0        CPUs 0-31, 2Gi
        """,
        out.substring(out.indexOf("Layers,")));
  }

  @Test
  void aLayerThatThisClientDoesNotKnowIsShownAsWell() {
    cluster
        .nodes()
        .put(
            Node.newBuilder()
                .setName("alpha")
                .setDescription(
                    server().getDescription().toBuilder()
                        .clearLayers()
                        .clearDrivers()
                        .addLayers(Layer.newBuilder().setKindValue(99).setName("a \u001b new one")))
                .build());
    String out = berth.run("node", "inspect", "alpha").out();
    assertTrue(
        out.endsWith("  what runs           0\n  other               a \\u{1b} new one\n"), out);
  }

  @Test
  void jsonHasAllLayersAndCountsAsTheyAre() throws IOException {
    String array = berth.run("node", "inspect", "alpha", "-o", "json").out().strip();
    String out = array.substring(1, array.length() - 1);
    Node.Builder parsed = Node.newBuilder();
    JsonFormat.parser().merge(out, parsed);
    assertEquals(server().getDescription(), parsed.getDescription());
    assertEquals(server().getInstanceKindsList(), parsed.getInstanceKindsList());
  }

  private static Node server() {
    Node sample = Samples.node("alpha");
    Node.Builder node = sample.toBuilder().clearInstanceKinds();
    node.addInstanceKinds(KindCount.newBuilder().setKind(Kind.KIND_CONTAINER).setCount(2));
    node.addInstanceKinds(KindCount.newBuilder().setKind(Kind.KIND_VM).setCount(1));
    node.getDescriptionBuilder()
        .clearLayers()
        .clearDrivers()
        .addDrivers(driver("docker", Kind.KIND_CONTAINER).setAvailable(true))
        .addDrivers(driver("libvirt", Kind.KIND_VM).setMessage("no socket"))
        .addLayers(
            layer(
                LayerKind.LAYER_KIND_HARDWARE,
                "Intel(R) Xeon(R)",
                "",
                Map.ofEntries(
                    Map.entry("cpus", "64"),
                    Map.entry("cpu_cores", "32"),
                    Map.entry("memory_bytes", "4294967296"),
                    Map.entry("numa.node0_cpus", "0-31"),
                    Map.entry("numa.node0_memory_bytes", "2147483648"),
                    Map.entry("disk.nvme0n1_bytes", "1000204886016"),
                    Map.entry("disk.nvme0n1_model", "Samsung SSD"),
                    Map.entry("disk.nvme0n1_rotational", "false"),
                    Map.entry("gpu.0000:3b:00.0_model", "NVIDIA L40S"),
                    Map.entry("gpu.0000:3b:00.0_driver", "nvidia"),
                    Map.entry("nic.eno1_mac", "aa:bb:cc:dd:ee:ff"),
                    Map.entry("nic.eno1_speed_mbits", "25000"),
                    Map.entry("nic.eno1_state", "up"),
                    Map.entry("nic.eno1_driver", "ice"))))
        .addLayers(
            layer(LayerKind.LAYER_KIND_FIRMWARE, "UEFI", "1.12.1", Map.of("secure_boot", "on")))
        .addLayers(layer(LayerKind.LAYER_KIND_VIRTUALIZATION, "bare metal", "", Map.of()))
        .addLayers(
            layer(
                LayerKind.LAYER_KIND_KERNEL, "Linux", "6.1.0", Map.of("namespaces", "mnt net pid")))
        .addLayers(layer(LayerKind.LAYER_KIND_SYSTEM_LIBRARY, "glibc", "2.36", Map.of()))
        .addLayers(layer(LayerKind.LAYER_KIND_CGROUP, "cgroup v2", "", Map.of()))
        .addLayers(
            layer(
                LayerKind.LAYER_KIND_OPERATING_SYSTEM,
                "Debian GNU/Linux",
                "12 (bookworm)",
                Map.of()))
        .addLayers(
            layer(
                LayerKind.LAYER_KIND_CONTAINER_RUNTIME,
                "docker",
                "20.10.24",
                Map.of("storage_driver", "overlay2")));
    return node.build();
  }

  private static DriverDescription.Builder driver(String name, Kind kind) {
    DriverDescription.Builder driver = DriverDescription.newBuilder().setName(name).setKind(kind);
    return kind == Kind.KIND_CONTAINER
        ? driver.addCapabilities("logs").addCapabilities("pause")
        : driver;
  }

  private static Layer layer(
      LayerKind kind, String name, String version, Map<String, String> attributes) {
    return Layer.newBuilder()
        .setKind(kind)
        .setName(name)
        .setVersion(version)
        .putAllAttributes(attributes)
        .build();
  }
}
