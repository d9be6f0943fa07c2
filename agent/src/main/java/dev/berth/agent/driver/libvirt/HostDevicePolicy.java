package dev.berth.agent.driver.libvirt;

import dev.berth.agent.driver.DriverException;
import dev.berth.spec.HostDevice;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.VmHostDevice;
import java.util.List;
import java.util.Set;

/// Which devices of the host a machine may be given: those that the agent's operator allows, none
/// unless said. A machine with a device on the PCI bus has hardware that reads and writes memory.
final class HostDevicePolicy {
  private final Set<HostDevice> allowed;

  HostDevicePolicy(List<HostDevice> allowed) {
    this.allowed = Set.copyOf(allowed);
  }

  /// Refuses what is not allowed here, and what the controller did not give to this instance alone.
  void check(AssignedInstance instance) throws DriverException {
    for (VmHostDevice each : instance.getSpec().getVm().getHostDevicesList()) {
      HostDevice device = HostDevice.of(each);
      if (!allowed.contains(device)) {
        throw refusal(device, "not allowed on this node; allow it (allow-host-devices)");
      }
      if (!instance.getDevicesList().contains(device.device())) {
        throw refusal(device, "the controller did not reserve it; update the controller");
      }
    }
  }

  private static DriverException refusal(HostDevice device, String why) {
    return DriverException.permanent(
        "DeviceRefused", "vm.host_devices: " + device + ": " + why + ", or leave it out", null);
  }
}
