package dev.berth.agent.facts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.spec.HostDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HostDeviceProbeTest {
  @TempDir Path root;

  private String withheld(String device) {
    HostDeviceProbe probe = HostDeviceProbe.read(root, List.of(HostDevice.parse(device)));
    assertEquals(List.of(), probe.usable());
    assertEquals(device, probe.withheld().getFirst().getId());
    return probe.withheld().getFirst().getReason();
  }

  private void usable(String device) {
    HostDevice allowed = HostDevice.parse(device);
    assertEquals(
        new HostDeviceProbe(List.of(allowed), List.of()),
        HostDeviceProbe.read(root, List.of(allowed)));
  }

  private static void plug(FixtureHost host, String port, String vendor, String product)
      throws IOException {
    var _ =
        host.with("sys/bus/usb/devices/" + port + "/idVendor", vendor + "\n")
            .with("sys/bus/usb/devices/" + port + "/idProduct", product + "\n");
  }

  @BeforeEach
  void makeHost() throws IOException {
    FixtureHost host =
        new FixtureHost(root)
            .withDirectory("sys/bus/pci/devices/0000:01:00.0/iommu_group")
            .withDirectory("sys/bus/pci/devices/0000:02:00.0")
            .withDirectory("sys/bus/usb/devices/1-0:1.0");
    plug(host, "1-1", "1234", "5678");
    plug(host, "1-2", "1234", "aaaa");
    plug(host, "2-1", "1234", "aaaa");
  }

  @Test
  void whatIsThereAndKeptToItsMachineCanBeGiven() {
    usable("pci:0000:01:00.0");
    usable("usb:1234:5678");
  }

  @Test
  void whatCannotBeGivenHasAReason() {
    assertEquals("there is no such device", withheld("pci:0000:03:00.0"));
    assertEquals("there is no such device", withheld("usb:5678:1234"));
    assertTrue(withheld("pci:0000:02:00.0").startsWith("no IOMMU"));
    assertTrue(withheld("usb:1234:aaaa").startsWith("2 devices have this vendor and product"));
  }
}
