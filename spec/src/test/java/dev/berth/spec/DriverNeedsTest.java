package dev.berth.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.spec.DriverNeeds.Lack;
import dev.berth.v1.CloudInit;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.PortSpec;
import dev.berth.v1.VmDataDisk;
import dev.berth.v1.VmDisk;
import dev.berth.v1.VmFirmware;
import dev.berth.v1.VmKernel;
import dev.berth.v1.VmSpec;
import dev.berth.v1.WorkloadSpec;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DriverNeedsTest {
  private static final VmSpec DISK =
      VmSpec.newBuilder().setDisk(VmDisk.newBuilder().setImage("disk")).build();
  private static final VmSpec KERNEL =
      VmSpec.newBuilder().setKernel(VmKernel.newBuilder().setImage("linux")).build();

  private static Optional<Lack> lack(VmSpec.Builder vm, String... capabilities) {
    WorkloadSpec spec = WorkloadDefaults.fill(WorkloadSpec.newBuilder().setVm(vm).build());
    return DriverNeeds.lack(spec, List.of(capabilities));
  }

  @Test
  void aContainerNeedsNothingOfAMachinesDriver() {
    WorkloadSpec container =
        WorkloadSpec.newBuilder().setContainer(ContainerSpec.getDefaultInstance()).build();
    assertEquals(Optional.empty(), DriverNeeds.lack(container, List.of(DriverNeeds.PARAVIRTUAL)));
    assertEquals("", DriverNeeds.chosen(container));
  }

  @Test
  void whatAMachineNeedsIsThereOrIsNamed() {
    assertEquals(Optional.empty(), lack(DISK.toBuilder()));
    assertEquals(Optional.of(Lack.KVM), lack(DISK.toBuilder().setRequireKvm(true), "uefi"));
    assertEquals(Optional.empty(), lack(DISK.toBuilder().setRequireKvm(true), "kvm"));
    VmSpec.Builder modern = DISK.toBuilder().setFirmware(VmFirmware.VM_FIRMWARE_UEFI);
    assertEquals(Optional.of(Lack.UEFI), lack(modern.clone(), "kvm"));
    assertEquals(Optional.empty(), lack(modern.clone(), "kvm", "uefi"));
  }

  @Test
  void aParavirtualMachineIsAKernelAlone() {
    assertEquals(Optional.empty(), lack(KERNEL.toBuilder(), "paravirtual"));
    for (VmSpec.Builder more :
        List.of(
            DISK.toBuilder(),
            KERNEL.toBuilder().setDisk(DISK.getDisk()),
            KERNEL.toBuilder().addDataDisks(VmDataDisk.newBuilder().setName("data")),
            KERNEL.toBuilder().setCloudInit(CloudInit.getDefaultInstance()),
            KERNEL.toBuilder().setTpm(true),
            KERNEL.toBuilder().setVnc(true),
            KERNEL.toBuilder().addHostDevices(HostDevice.parse("usb:1234:5678").toProto()))) {
      assertEquals(
          Optional.of(Lack.WHOLE_MACHINES), lack(more.clone(), "paravirtual"), more::toString);
    }
    WorkloadSpec published =
        WorkloadSpec.newBuilder()
            .setVm(KERNEL)
            .addPorts(PortSpec.newBuilder().setTarget(80))
            .build();
    assertEquals(
        Optional.of(Lack.WHOLE_MACHINES), DriverNeeds.lack(published, List.of("paravirtual")));
  }
}
