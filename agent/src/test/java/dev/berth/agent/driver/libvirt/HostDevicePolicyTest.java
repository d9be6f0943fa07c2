package dev.berth.agent.driver.libvirt;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Failure;
import dev.berth.spec.HostDevice;
import dev.berth.v1.AssignedInstance;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostDevicePolicyTest {
  private static final HostDevice CARD = HostDevice.parse("pci:0000:01:00.0");
  private static final HostDevicePolicy POLICY = new HostDevicePolicy(List.of(CARD));

  private static AssignedInstance.Builder asksFor(HostDevice device) {
    AssignedInstance.Builder instance = AssignedInstance.newBuilder();
    instance.getSpecBuilder().getVmBuilder().addHostDevices(device.toProto());
    return instance.addDevices(device.device());
  }

  private static String refusal(AssignedInstance.Builder instance) {
    Failure failure =
        assertThrows(DriverException.class, () -> POLICY.check(instance.build())).failure();
    assertInstanceOf(Failure.Permanent.class, failure);
    assertEquals("DeviceRefused", failure.reason());
    return failure.message();
  }

  @Test
  void whatIsAllowedAndReservedIsGiven() {
    assertDoesNotThrow(() -> POLICY.check(asksFor(CARD).build()));
    assertDoesNotThrow(() -> POLICY.check(AssignedInstance.getDefaultInstance()));
  }

  @Test
  void anythingElseIsRefused() {
    assertEquals(
        "vm.host_devices: usb:1234:5678: not allowed on this node; allow it (allow-host-devices),"
            + " or leave it out",
        refusal(asksFor(HostDevice.parse("usb:1234:5678"))));
    assertEquals(
        "vm.host_devices: pci:0000:01:00.0: the controller did not reserve it; update the"
            + " controller, or leave it out",
        refusal(asksFor(CARD).clearDevices()));
  }
}
