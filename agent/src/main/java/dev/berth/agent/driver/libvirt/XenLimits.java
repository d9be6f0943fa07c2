package dev.berth.agent.driver.libvirt;

import dev.berth.agent.driver.DriverException;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.VmFirmware;
import dev.berth.v1.VmNic;
import dev.berth.v1.VmSpec;
import java.nio.file.Path;

/// What a machine under Xen cannot have here. Machines are paravirtualized: Xen itself starts their
/// kernel, without firmware, emulated devices or QEMU.
final class XenLimits {
  private XenLimits() {}

  /// Refuses what would not be there.
  static void check(AssignedInstance instance) throws DriverException {
    VmSpec vm = instance.getSpec().getVm();
    if (!vm.hasKernel()) {
      throw refusal("vm.kernel: missing", "say the kernel to start");
    }
    if (vm.hasDisk() || vm.getDataDisksCount() > 0) {
      throw refusal(
          "vm.disk, vm.data_disks: no disks", "leave them out and use vm.kernel's initrd");
    }
    if (vm.hasCloudInit()) {
      throw refusal("vm.cloud_init: it would be a disk", "leave it out");
    }
    if (vm.getFirmware() == VmFirmware.VM_FIRMWARE_UEFI) {
      throw refusal("vm.firmware: UEFI", "leave it out");
    }
    if (vm.getTpm()) {
      throw refusal("vm.tpm: no TPM", "leave it out");
    }
    if (vm.getVnc()) {
      throw refusal("vm.vnc: no screen", "leave it out and use the console");
    }
    if (vm.getHostDevicesCount() > 0) {
      throw refusal("vm.host_devices: none are handed through", "leave them out");
    }
    if (instance.getPortsCount() > 0) {
      throw refusal(
          "ports: no user-mode network, which would publish them",
          "leave them out and give the machine a card on a bridge");
    }
  }

  private static DriverException refusal(String what, String instead) {
    return DriverException.permanent(
        "NotSupported",
        what
            + " on this node, whose hypervisor is Xen; "
            + instead
            + ", or place the workload on a node with QEMU",
        null);
  }

  /// What is worth knowing of how such a machine runs. A card on the user-mode network is what a
  /// machine has that says nothing of cards, so it is left out and not refused.
  static String note(VmSpec vm) {
    return vm.getNicsList().stream().anyMatch(VmNic::hasUser)
        ? "without a network card: Xen has no user-mode network"
        : "";
  }

  /// Where xenconsoled keeps what a machine writes.
  ///
  /// @param directory its `--log-dir`
  /// @param name of the machine
  static Path console(Path directory, String name) {
    return directory.resolve("guest-" + name + ".log");
  }

  static DriverException noLogs() {
    return DriverException.permanent(
        "NoLogs",
        "nobody keeps what Xen's guests write on this node; start xenconsoled with --log=guest and"
            + " tell the agent its directory (xen-console-logs), or use berth console",
        null);
  }
}
