package dev.berth.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.AgentConfig.ConfigException;
import dev.berth.agent.reclaim.ReclaimRules;
import dev.berth.client.ControllerAddress;
import dev.berth.spec.HostDevice;
import dev.berth.v1.Device;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AgentConfigTest {
  @TempDir Path directory;

  @Test
  void hasDefaults() throws ConfigException {
    AgentConfig config =
        AgentConfig.parse(List.of("--data-dir=/d", "--controllers=a:7443,b:7443"), "Host-1");
    assertEquals("host-1", config.node());
    assertEquals(new ControllerAddress("b", 7443), config.cluster().controllers().get(1));
    assertEquals(9642, config.metricsAddress().getPort());
    assertEquals("unix:///var/run/docker.sock", config.dockerHost().toString());
    assertEquals(new AgentConfig.PortRange(20_000, 32_000), config.offer().ports());
    assertEquals(0, config.offer().capacity().getMemoryBytes());
    assertEquals(List.of(), config.offer().devices());
  }

  @Test
  void theCommandLineWinsOverTheFile() throws IOException, ConfigException {
    Path file = directory.resolve("agent.properties");
    Files.writeString(file, "data-dir=/d\nnode=from-file\ncapacity-cpu=2\ncapacity-memory=4Gi\n");
    AgentConfig config =
        AgentConfig.parse(List.of("--config=" + file, "--node=from-command-line"), "h");
    assertEquals("from-command-line", config.node());
    assertEquals(2000, config.offer().capacity().getCpuMillis());
    assertEquals(4L << 30, config.offer().capacity().getMemoryBytes());
  }

  @Test
  void aXenHostsConsolesAreWhereItIsSaid() throws ConfigException {
    assertEquals(
        new AgentConfig.Machines(
            List.of(new LibvirtAddress("libvirt", URI.create("xen:///system"))),
            Optional.of(Path.of("/var/log/xen/console")),
            true,
            List.of(),
            Path.of("/c")),
        AgentConfig.parse(
                List.of(
                    "--data-dir=/d",
                    "--libvirt-uri=xen:///system",
                    "--xen-console-logs=/var/log/xen/console",
                    "--registry-certs=/c"),
                "h")
            .machines());
    assertEquals(
        new AgentConfig.Machines(
            List.of(), Optional.empty(), true, List.of(), Path.of("/etc/docker/certs.d")),
        AgentConfig.parse(List.of("--data-dir=/d", "--libvirt-uri=none"), "h").machines());
  }

  @Test
  void eachConnectionHasADriverOfItsOwnName() throws ConfigException {
    AgentConfig config =
        AgentConfig.parse(
            List.of(
                "--data-dir=/d",
                "--libvirt-uri=qemu:///system,xen+tcp://10.0.0.2/system,test:///default,xen:///x"),
            "h");
    assertEquals(
        List.of("libvirt", "libvirt-xen", "libvirt-test", "libvirt-xen-2"),
        config.machines().libvirt().stream().map(LibvirtAddress::driver).toList());
    assertTrue(
        config
            .describe()
            .contains("qemu:///system (libvirt),xen+tcp://10.0.0.2/system (libvirt-xen),"),
        config.describe());
    assertEquals(
        "--libvirt-uri: value: \"xen:///x\": given twice (expected: each connection once)",
        problem("--data-dir=/d", "--libvirt-uri=xen:///x,xen:///x"));
    assertEquals(
        "--libvirt-uri: value: \"auto\" (expected: auto, none, or connections such as"
            + " qemu:///system,xen:///system)",
        problem("--data-dir=/d", "--libvirt-uri=auto,xen:///system"));
    assertEquals(
        "--libvirt-uri: count: 9 (expected: at most 8 connections)",
        problem(
            "--data-dir=/d",
            "--libvirt-uri="
                + "test:///1,test:///2,test:///3,test:///4,test:///5,test:///6,test:///7,test:///8"
                + ",test:///9"));
  }

  @Test
  void noDeviceOfTheHostIsForMachinesUnlessItIsSaid() throws ConfigException {
    assertEquals(
        List.of(), AgentConfig.parse(List.of("--data-dir=/d"), "h").machines().hostDevices());
    assertEquals(
        List.of(HostDevice.parse("pci:0000:01:00.0"), HostDevice.parse("usb:1234:5678")),
        AgentConfig.parse(
                List.of("--data-dir=/d", "--allow-host-devices=pci:0000:01:00.0,usb:1234:5678"),
                "h")
            .machines()
            .hostDevices());
    assertEquals(
        "--allow-host-devices: value: \"all\" (expected: pci:0000:01:00.0 or usb:1234:5678)",
        problem("--data-dir=/d", "--allow-host-devices=all"));
  }

  @Test
  void rulesForMachinesAreKeptUnlessItIsSwitchedOff() throws ConfigException {
    assertTrue(AgentConfig.parse(List.of("--data-dir=/d"), "h").machines().keepForwarding());
    AgentConfig off = AgentConfig.parse(List.of("--data-dir=/d", "--keep-forwarding=false"), "h");
    assertEquals(false, off.machines().keepForwarding());
    assertEquals(
        "--keep-forwarding: value: \"no\" (expected: true or false)",
        problem("--data-dir=/d", "--keep-forwarding=no"));
  }

  @Test
  void devicesAreNamed() throws ConfigException {
    AgentConfig config =
        AgentConfig.parse(List.of("--data-dir=/d", "--device=tpu=/dev/accel0,fuse=/dev/fuse"), "h");
    assertEquals(
        List.of(
            Device.newBuilder().setName("tpu").setId("/dev/accel0").build(),
            Device.newBuilder().setName("fuse").setId("/dev/fuse").build()),
        config.offer().devices());
  }

  @Test
  void saysWhatIsWrongAndWhere() {
    for (String bad :
        List.of("x", "x=", "=/dev/a", "X=/dev/a", "x=/etc/a", "x=/dev/../a", "x=/dev")) {
      assertTrue(problem("--data-dir=/d", "--device=" + bad).startsWith("--device: value: "), bad);
    }
    assertEquals("--data-dir: missing (expected: --data-dir=…)", problem());
    assertTrue(problem("--data-dir=/d", "--colour=red").startsWith("colour: unknown key"));
    assertTrue(problem("--data-dir=/d", "--node=No Name").startsWith("--node: value: \"No Name\""));
    assertTrue(problem("--data-dir=/d", "--controllers=nowhere").startsWith("--controllers: "));
    assertTrue(problem("--data-dir=/d", "--dynamic-ports=9-1").startsWith("--dynamic-ports: "));
    assertTrue(problem("--data-dir=/d", "--dynamic-ports=1-2-3").startsWith("--dynamic-ports: "));
    assertTrue(problem("--data-dir=/d", "--metrics-address=x").startsWith("--metrics-address: "));
    assertTrue(problem("--data-dir=/d", "--capacity-cpu=many").startsWith("--capacity-cpu: "));
    assertTrue(problem("--data-dir=/d", "--node=a", "--node=b").endsWith("given twice"));
    assertTrue(problem("-v").startsWith("argument: \"-v\""));
    assertTrue(problem("--config=/no/such/file").contains("cannot be read"));
  }

  private static String problem(String... arguments) {
    ConfigException e =
        assertThrows(ConfigException.class, () -> AgentConfig.parse(List.of(arguments), "host-1"));
    return String.valueOf(e.getMessage());
  }

  @Test
  void imagesOfContainersGoAboveAShareOfTheDisk() throws Exception {
    assertEquals(ReclaimRules.USUAL, reclaim());
    assertEquals(new ReclaimRules(70, 65, Duration.ofMinutes(5)), reclaim("--image-gc-above=70%"));
    assertEquals(
        new ReclaimRules(90, 50, Duration.ofHours(1)),
        reclaim("--image-gc-above=90", "--image-gc-until=50%", "--image-gc-min-age=1h"));
    for (String wrong :
        List.of(
            "--image-gc-above=0%",
            "--image-gc-above=101%",
            "--image-gc-above=most",
            "--image-gc-until=86%",
            "--image-gc-min-age=soon")) {
      ConfigException refused = assertThrows(ConfigException.class, () -> reclaim(wrong));
      assertTrue(
          String.valueOf(refused.getMessage()).startsWith(wrong.replaceFirst("=.*", ":")),
          refused.getMessage());
    }
  }

  private static ReclaimRules reclaim(String... words) throws ConfigException {
    List<String> all = new ArrayList<>(List.of("--data-dir=/d", "--node=n1", "--libvirt-uri=none"));
    all.addAll(List.of(words));
    return AgentConfig.parse(all, "n1").offer().reclaim();
  }
}
