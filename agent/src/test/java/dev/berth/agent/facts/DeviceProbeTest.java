package dev.berth.agent.facts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.v1.Device;
import dev.berth.v1.DeviceCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeviceProbeTest {
  @TempDir Path root;

  private static Device device(String name, String id) {
    return Device.newBuilder().setName(name).setId(id).build();
  }

  private void makeNode(String path) throws IOException, InterruptedException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    int code =
        new ProcessBuilder("mknod", file.toString(), "c", "1", "3")
            .redirectErrorStream(true)
            .start()
            .waitFor();
    assumeTrue(code == 0, "needs to make device files: run it as root");
  }

  @Test
  void findsGpusRenderNodesAndWhatAnOperatorNamed() throws Exception {
    makeNode("dev/nvidia1");
    makeNode("dev/nvidia0");
    makeNode("dev/nvidiactl");
    makeNode("dev/dri/renderD128");
    makeNode("dev/dri/card0");
    makeNode("dev/accel0");
    List<Device> found =
        DeviceProbe.read(root, List.of(device("tpu", "/dev/accel0"), device("tpu", "/dev/accel1")));
    assertEquals(
        List.of(
            device("gpu", "/dev/nvidia0"),
            device("gpu", "/dev/nvidia1"),
            device("render", "/dev/dri/renderD128"),
            device("tpu", "/dev/accel0")),
        found);
    assertEquals(
        List.of(
            DeviceCount.newBuilder().setName("gpu").setCount(2).build(),
            DeviceCount.newBuilder().setName("render").setCount(1).build(),
            DeviceCount.newBuilder().setName("tpu").setCount(1).build()),
        DeviceProbe.count(found));
  }

  @Test
  void filesAndLinksAreNoDevices() throws IOException {
    Files.createDirectories(root.resolve("dev"));
    Files.writeString(root.resolve("dev/nvidia0"), "");
    Files.createSymbolicLink(root.resolve("dev/nvidia1"), Path.of("/dev/null"));
    assertEquals(List.of(), DeviceProbe.read(root, List.of()));
  }

  @Test
  void aHostWithoutAnyHasNone() {
    assertEquals(List.of(), DeviceProbe.read(root.resolve("nowhere"), List.of()));
  }
}
