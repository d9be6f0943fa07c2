package dev.berth.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.berth.v1.DeviceCount;
import dev.berth.v1.VmSpec;
import dev.berth.v1.WorkloadSpec;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostDeviceTest {
  @ParameterizedTest
  @ValueSource(strings = {"pci:0000:01:00.0", "pci:ffff:ff:1f.7", "usb:1234:5678"})
  void isTheSameInEveryForm(String text) {
    HostDevice device = HostDevice.parse(text);
    assertEquals(text, device.toString());
    assertEquals(device, HostDevice.of(device.toProto()));
    assertEquals(Optional.of(device), HostDevice.ofSort(device.sort()));
    assertEquals(text, device.device().getId());
    assertNull(Names.deviceProblem(device.sort()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "pci",
        "pci:",
        "0000:01:00.0",
        "pci:01:00.0",
        "pci:0000:01:20.0",
        "pci:0000:01:00.8",
        "pci:0000:0A:00.0",
        "usb:1234",
        "usb:1234:567g",
        "usb:1234:5678 ",
        "scsi:0:0:0:0"
      })
  void anythingElseIsNone(String text) {
    assertEquals(
        "value: " + Printable.quote(text) + " (expected: pci:0000:01:00.0 or usb:1234:5678)",
        assertThrows(IllegalArgumentException.class, () -> HostDevice.parse(text)).getMessage());
    assertEquals(Optional.empty(), HostDevice.ofSort(text));
  }

  @Test
  void aMachineRequestsWhatItNames() {
    HostDevice device = HostDevice.parse("usb:1234:5678");
    assertEquals(
        List.of(DeviceCount.newBuilder().setName("usb-1234-5678").setCount(1).build()),
        WorkloadDefaults.requested(
                WorkloadSpec.newBuilder()
                    .setVm(VmSpec.newBuilder().addHostDevices(device.toProto()))
                    .build())
            .getDevicesList());
  }
}
