package dev.berth.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.v1.BootMarker;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.CloudInit;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.Mount;
import dev.berth.v1.PortSpec;
import dev.berth.v1.Resources;
import dev.berth.v1.VmDataDisk;
import dev.berth.v1.VmDisk;
import dev.berth.v1.VmFirmware;
import dev.berth.v1.VmHostDevice;
import dev.berth.v1.VmKernel;
import dev.berth.v1.VmNic;
import dev.berth.v1.VmSpec;
import dev.berth.v1.VmUserNetwork;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class VmRulesTest {
  private static final String DIGEST = "ab".repeat(32);

  private static WorkloadSpec.Builder good() {
    return WorkloadSpec.newBuilder()
        .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
        .setReplicas(1)
        .setResources(Resources.newBuilder().setCpuMillis(1000).setMemoryBytes(1L << 30))
        .setVm(VmSpec.newBuilder().setDisk(VmDisk.newBuilder().setImage("berth/demo-vm")));
  }

  private static void refuses(Consumer<WorkloadSpec.Builder> change, String... problems) {
    WorkloadSpec.Builder spec = good();
    change.accept(spec);
    assertEquals(
        List.of(problems),
        SpecValidator.validate(spec.build()).stream().map(Violation::toString).toList());
  }

  private static void refusesVm(Consumer<VmSpec.Builder> change, String... problems) {
    refuses(spec -> change.accept(spec.getVmBuilder()), problems);
  }

  @Test
  void acceptsASmallMachineWithAndWithoutItsDefaults() {
    assertEquals(List.of(), SpecValidator.validate(good().build()));
    WorkloadSpec filled = WorkloadDefaults.fill(good().build());
    assertEquals(List.of(), SpecValidator.validate(filled));
    assertEquals(filled, WorkloadDefaults.fill(filled));
  }

  @Test
  void defaultsAreThoseOfAMachine() {
    WorkloadSpec filled = WorkloadDefaults.fill(good().build());
    assertEquals(Durations.toProto(Duration.ofMinutes(2)), filled.getStopGrace());
    assertEquals(LostPolicy.LOST_POLICY_HOLD, filled.getLostPolicy());
    assertEquals(VmFirmware.VM_FIRMWARE_BIOS, filled.getVm().getFirmware());
    assertEquals("q35", filled.getVm().getMachine());
    assertEquals(
        List.of(VmNic.newBuilder().setUser(VmUserNetwork.getDefaultInstance()).build()),
        filled.getVm().getNicsList());
  }

  @Test
  void aDriverIsNamedAsNodesNameIt() {
    WorkloadSpec.Builder chosen = good();
    chosen.getVmBuilder().setDriver("libvirt-xen");
    assertEquals(List.of(), SpecValidator.validate(chosen.build()));
    refusesVm(
        vm -> vm.setDriver("Xen:///system"),
        "vm.driver: value: \"Xen:///system\" (expected: 1 to 63 lower-case letters, digits and"
            + " inner dashes)");
  }

  @Test
  void devicesOfTheHostAreNamedByTheirAddressOnce() {
    WorkloadSpec.Builder both = good();
    both.getVmBuilder()
        .addHostDevices(HostDevice.parse("pci:0000:01:00.0").toProto())
        .addHostDevices(HostDevice.parse("usb:1234:5678").toProto());
    assertEquals(List.of(), SpecValidator.validate(both.build()));
    refusesVm(
        vm ->
            vm.addHostDevices(VmHostDevice.newBuilder().setPci("01:00.0"))
                .addHostDevices(VmHostDevice.newBuilder().setUsb("1234:56789"))
                .addHostDevices(VmHostDevice.getDefaultInstance()),
        "vm.host_devices[0].pci: value: \"01:00.0\" (expected: lower-case hexadecimal digits, as in"
            + " 0000:01:00.0)",
        "vm.host_devices[1].usb: value: \"1234:56789\" (expected: lower-case hexadecimal digits, as"
            + " in 1234:5678)",
        "vm.host_devices[2]: missing (expected: pci or usb)");
    refusesVm(
        vm ->
            vm.addHostDevices(VmHostDevice.newBuilder().setUsb("1234:5678"))
                .addHostDevices(VmHostDevice.newBuilder().setUsb("1234:5678")),
        "vm.host_devices[1]: a second time (expected: each device once)");
    refuses(
        spec -> spec.getResourcesBuilder().addDevicesBuilder().setName("gpu").setCount(1),
        "resources.devices: not for virtual machines (expected: devices in vm.host_devices)");
  }

  @Test
  void aContainerIsNotGivenWhatIsForMachines() {
    refuses(
        spec ->
            spec.setContainer(ContainerSpec.newBuilder().setImage("demo"))
                .getResourcesBuilder()
                .addDevicesBuilder()
                .setName("pci-0000-01-00-0")
                .setCount(1),
        "resources.devices[0].name: value: \"pci-0000-01-00-0\" (expected: pci:0000:01:00.0 in"
            + " vm.host_devices of a virtual machine)");
  }

  @Test
  void aMachineSaysItsResources() {
    refuses(
        WorkloadSpec.Builder::clearResources,
        "resources.cpu_millis: missing (expected: how many CPUs the machine has, such as 1)",
        "resources.memory_bytes: missing (expected: how much the machine has, such as 512Mi)");
  }

  @Test
  void aMachineBootsFromADiskOrAKernel() {
    refusesVm(
        VmSpec.Builder::clearDisk,
        "vm.disk: missing (expected: the image to boot from, or a kernel)");
    refusesVm(vm -> vm.clearDisk().setKernel(VmKernel.newBuilder().setImage("linux")));
  }

  @Test
  void anImageIsANameOrAUrlWithItsDigest() {
    refusesVm(vm -> vm.getDiskBuilder().setImage("https://a.example/d.img").setImageSha256(DIGEST));
    refusesVm(
        vm -> vm.getDiskBuilder().setImage("https://a.example/d.img"),
        "vm.disk.image_sha256: missing (expected: the SHA-256 of the file, since the image is a"
            + " URL)");
    refusesVm(
        vm -> vm.getDiskBuilder().setImage("https://me:pw@a.example/d").setImageSha256(DIGEST),
        "vm.disk.image: value: \"https://me:pw@a.example/d\" (expected: a URL such as"
            + " \"https://example.org/debian-12.qcow2\", without user name)");
    refusesVm(
        vm -> vm.getDiskBuilder().setImageSha256("abc"),
        "vm.disk.image_sha256: value: \"abc\" (expected: 64 lower-case hexadecimal digits)");
    refusesVm(
        vm -> vm.getDiskBuilder().setImage("../etc/shadow"),
        "vm.disk.image: value: \"../etc/shadow\" (expected: an image reference such as"
            + " \"shop:2.1\" or \"host:5000/team/shop\")");
  }

  @Test
  void disksHaveNamesAndSizes() {
    refusesVm(
        vm ->
            vm.addDataDisks(VmDataDisk.newBuilder().setName("a").setSizeBytes(1 << 20))
                .addDataDisks(VmDataDisk.newBuilder().setName("a").setSizeBytes(5)),
        "vm.data_disks[1].name: value: \"a\" (expected: a name used once)",
        "vm.data_disks[1].size_bytes: value: 5 (expected: 1Mi to 64Ti)");
    refusesVm(
        vm -> vm.getDiskBuilder().setSizeBytes(7),
        "vm.disk.size_bytes: value: 7 (expected: 1Mi to 64Ti)");
  }

  @Test
  void cardsAreConnectedAndPortsNeedTheUserNetwork() {
    refusesVm(
        vm -> vm.addNics(VmNic.getDefaultInstance()),
        "vm.nics[0]: missing (expected: user, bridge or libvirt_network)");
    refusesVm(
        vm -> vm.addNics(VmNic.newBuilder().setBridge("br0; x")),
        "vm.nics[0].bridge: value: \"br0; x\" (expected: 1 to 15 letters, digits, '_', '.' and"
            + " '-', as in br0)");
    VmNic user = VmNic.newBuilder().setUser(VmUserNetwork.getDefaultInstance()).build();
    refusesVm(
        vm -> vm.addNics(user).addNics(user),
        "vm.nics[1].user: a second one (expected: at most one in vm.nics)");
    refuses(
        spec -> {
          spec.addPorts(PortSpec.newBuilder().setTarget(80));
          spec.getVmBuilder().addNics(VmNic.newBuilder().setBridge("br0"));
        },
        "ports: published through a user-mode network card only (expected: one in vm.nics; a"
            + " machine on a bridge or libvirt network is reached at its own address)");
  }

  @Test
  void whatOnlyContainersHaveIsRefused() {
    refuses(
        spec -> spec.addMounts(Mount.newBuilder().setTarget("/data").setVolume("v")),
        "mounts: not for virtual machines (expected: data disks: vm.data_disks)");
  }

  @Test
  void secureBootNeedsWhatItRestsOn() {
    refusesVm(
        vm -> vm.setSecureBoot(true),
        "vm.secure_boot: needs UEFI (expected: with firmware uefi, or without it)");
    refusesVm(
        vm ->
            vm.setSecureBoot(true)
                .setFirmware(VmFirmware.VM_FIRMWARE_UEFI)
                .setMachine("pc-i440fx-7.2"),
        "vm.machine: value: \"pc-i440fx-7.2\" (expected: q35, for secure boot)");
  }

  @Test
  void textsAreBounded() {
    refusesVm(
        vm -> vm.setCloudInit(CloudInit.newBuilder().setUserData("x".repeat(65_537))),
        "vm.cloud_init.user_data: size: 65537 bytes (expected: at most 65536)");
    refusesVm(
        vm -> vm.setCloudInit(CloudInit.newBuilder().addSshAuthorizedKeys("a\nb")),
        "vm.cloud_init.ssh_authorized_keys[0]: value: \"a\\nb\" (expected: no control characters)");
    refusesVm(
        vm ->
            vm.addBootMarkers(
                BootMarker.newBuilder()
                    .setPhase(BootPhaseKind.BOOT_PHASE_KIND_PLACED)
                    .setText("up")),
        "vm.boot_markers[0].phase: value: \"1\" (expected: firmware, boot-loader, kernel, init …"
            + " or ready)");
    refusesVm(
        vm -> vm.setMachine("q35 x"),
        "vm.machine: value: \"q35 x\" (expected: a machine type such as q35 or pc)");
  }
}
