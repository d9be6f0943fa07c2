package dev.berth.agent.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.berth.agent.driver.DriverException;
import dev.berth.v1.VolumeSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VolumePolicyTest {
  @TempDir Path directory;

  private final VolumePolicy policy =
      new VolumePolicy(new HostPathPolicy(Path.of("/var/run/docker.sock")));

  private Map<String, String> options(Map<String, String> options) throws DriverException {
    return policy.options(VolumeSpec.newBuilder().setName("v").putAllOptions(options).build());
  }

  @Test
  void whatComesFromElsewhereIsLeftAsItIs() throws Exception {
    for (Map<String, String> good :
        List.of(
            Map.<String, String>of(),
            Map.of("size", "1G"),
            Map.of("type", "nfs", "o", "addr=10.0.0.5,rw", "device", ":/exports/shop"),
            Map.of("type", "cifs", "o", "username=a", "device", "//files/shop"),
            Map.of("type", "tmpfs", "device", "tmpfs", "o", "size=100m,uid=1000"))) {
      assertEquals(good, options(good));
    }
  }

  @Test
  void aPathOfTheNodeIsJudgedAndPinned() throws Exception {
    Path real = Files.createDirectory(directory.resolve("real"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), real);
    assertEquals(
        real.toRealPath().toString(),
        options(Map.of("type", "none", "o", "bind", "device", link.toString())).get("device"));
  }

  @Test
  void whatWouldShowTheNodeIsRefused() {
    for (Map<String, String> bad :
        List.of(
            Map.of("type", "none", "o", "bind", "device", "/"),
            Map.of("o", "bind", "device", "/"),
            Map.of("o", "bind", "device", "/proc"),
            Map.of("type", "none", "o", "bind", "device", "relative"),
            Map.of("type", "none", "o", "bind", "device", directory.resolve("no") + ""),
            Map.of("type", "ext4", "device", "/dev/sda1"),
            Map.of("type", "overlay", "device", "x", "o", "lowerdir=/,upperdir=/u,workdir=/w"),
            Map.of("o", "lowerdir=/,upperdir=/u"),
            Map.of("type", "nfs", "o", "addr=1.2.3.4,bind", "device", "/"),
            Map.of("type", "tmpfs", "o", "rbind", "device", "/"))) {
      DriverException refused = assertThrows(DriverException.class, () -> options(bad), "" + bad);
      assertEquals("VolumeRefused", refused.failure().reason());
    }
  }

  @Test
  void otherDriversJudgeForThemselves() throws Exception {
    Map<String, String> options = Map.of("device", "/anything");
    assertEquals(
        options,
        policy.options(
            VolumeSpec.newBuilder()
                .setName("v")
                .setDriver("vieux/sshfs")
                .putAllOptions(options)
                .build()));
  }
}
