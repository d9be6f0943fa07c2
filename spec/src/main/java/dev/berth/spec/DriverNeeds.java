package dev.berth.spec;

import dev.berth.v1.VmFirmware;
import dev.berth.v1.VmSpec;
import dev.berth.v1.WorkloadSpec;
import java.util.Collection;
import java.util.Optional;

/// What a workload asks of the driver that is to run it, besides its kind. The controller asks it
/// of the drivers of nodes, an agent of its own: both by the capabilities that drivers are
/// described with.
public final class DriverNeeds {
  /// Capability: hardware acceleration was seen to work.
  public static final String KVM = "kvm";

  /// Capability: it has UEFI firmware for machines.
  public static final String UEFI = "uefi";

  /// A limit, described as a capability: machines are a kernel with its RAM disk and nothing else.
  public static final String PARAVIRTUAL = "paravirtual";

  /// What a driver has not, in the order in which it is told.
  public enum Lack {
    /// Hardware acceleration.
    KVM,
    /// UEFI firmware.
    UEFI,
    /// Machines with more than a kernel.
    WHOLE_MACHINES
  }

  private DriverNeeds() {}

  /// The name of the driver that a workload chose; empty: it did not.
  public static String chosen(WorkloadSpec spec) {
    return spec.getVm().getDriver();
  }

  /// The first thing that a driver has not and a workload needs; empty: it has all.
  ///
  /// @param capabilities of the driver
  public static Optional<Lack> lack(WorkloadSpec spec, Collection<String> capabilities) {
    if (!spec.hasVm()) {
      return Optional.empty();
    }
    VmSpec vm = spec.getVm();
    if (vm.getRequireKvm() && !capabilities.contains(KVM)) {
      return Optional.of(Lack.KVM);
    }
    if (vm.getFirmware() == VmFirmware.VM_FIRMWARE_UEFI && !capabilities.contains(UEFI)) {
      return Optional.of(Lack.UEFI);
    }
    return capabilities.contains(PARAVIRTUAL) && !isKernelAlone(spec)
        ? Optional.of(Lack.WHOLE_MACHINES)
        : Optional.empty();
  }

  /// Cards on the user-mode network do not count: they are what a machine has that says nothing of
  /// cards, and are left out where there is no such network.
  private static boolean isKernelAlone(WorkloadSpec spec) {
    VmSpec vm = spec.getVm();
    return vm.hasKernel()
        && !vm.hasDisk()
        && vm.getDataDisksCount() == 0
        && !vm.hasCloudInit()
        && !vm.getTpm()
        && !vm.getVnc()
        && vm.getHostDevicesCount() == 0
        && spec.getPortsCount() == 0;
  }
}
