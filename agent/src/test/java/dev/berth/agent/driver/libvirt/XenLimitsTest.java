package dev.berth.agent.driver.libvirt;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Failure;
import dev.berth.spec.WorkloadDefaults;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.CloudInit;
import dev.berth.v1.PortBinding;
import dev.berth.v1.VmDataDisk;
import dev.berth.v1.VmDisk;
import dev.berth.v1.VmFirmware;
import dev.berth.v1.VmHostDevice;
import dev.berth.v1.VmKernel;
import dev.berth.v1.VmNic;
import dev.berth.v1.VmSpec;
import dev.berth.v1.WorkloadSpec;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class XenLimitsTest {
  private static VmSpec.Builder kernel() {
    return VmSpec.newBuilder().setKernel(VmKernel.newBuilder().setImage("linux"));
  }

  private static AssignedInstance instance(VmSpec.Builder vm) {
    return AssignedInstance.newBuilder()
        .setSpec(WorkloadDefaults.fill(WorkloadSpec.newBuilder().setVm(vm).build()))
        .build();
  }

  @Test
  void aKernelIsAllThatIsNeeded() {
    assertDoesNotThrow(() -> XenLimits.check(instance(kernel())));
  }

  /// What a specification may ask for in vain.
  enum Wish {
    DISK(VmSpec.newBuilder().setDisk(VmDisk.newBuilder().setImage("disk")), "vm.kernel"),
    DISK_TOO(kernel().setDisk(VmDisk.newBuilder().setImage("disk")), "vm.disk"),
    DATA_DISK(kernel().addDataDisks(VmDataDisk.newBuilder().setName("data")), "vm.data_disks"),
    SEED(kernel().setCloudInit(CloudInit.getDefaultInstance()), "vm.cloud_init"),
    UEFI(kernel().setFirmware(VmFirmware.VM_FIRMWARE_UEFI), "vm.firmware"),
    TPM(kernel().setTpm(true), "vm.tpm"),
    HOST_DEVICE(
        kernel().addHostDevices(VmHostDevice.newBuilder().setUsb("1234:5678")), "vm.host_devices"),
    SCREEN(kernel().setVnc(true), "vm.vnc");

    private final VmSpec vm;
    private final String names;

    Wish(VmSpec.Builder vm, String names) {
      this.vm = vm.build();
      this.names = names;
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesForGoodWhatWouldNotBeThereAndSaysWhatToDo(Wish wish) {
    refused(instance(wish.vm.toBuilder()), wish.names);
  }

  @Test
  void refusesToPublishPorts() {
    refused(
        instance(kernel()).toBuilder().addPorts(PortBinding.newBuilder().setTarget(80)).build(),
        "ports");
  }

  private static void refused(AssignedInstance instance, String names) {
    Failure failure =
        assertThrows(DriverException.class, () -> XenLimits.check(instance)).failure();
    assertInstanceOf(Failure.Permanent.class, failure);
    assertEquals("NotSupported", failure.reason());
    assertTrue(failure.message().contains(names), failure.message());
    assertTrue(failure.message().contains("a node with QEMU"), failure.message());
  }

  @Test
  void aMachineThatSaysNothingOfCardsHasNoneAndSaysSo() {
    assertTrue(
        XenLimits.note(instance(kernel()).getSpec().getVm()).contains("without a network card"));
    assertEquals("", XenLimits.note(kernel().addNics(VmNic.newBuilder().setBridge("br0")).build()));
  }

  @Test
  void consolesAreKeptUnderTheNamesThatXenconsoledGives() {
    assertEquals(
        Path.of("/var/log/xen/console/guest-berth-web.1-0011.log"),
        XenLimits.console(Path.of("/var/log/xen/console"), "berth-web.1-0011"));
  }
}
