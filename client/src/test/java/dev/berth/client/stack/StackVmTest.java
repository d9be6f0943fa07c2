package dev.berth.client.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.v1.BootMarker;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.CloudInit;
import dev.berth.v1.Resources;
import dev.berth.v1.VmDataDisk;
import dev.berth.v1.VmDisk;
import dev.berth.v1.VmDiskCache;
import dev.berth.v1.VmFirmware;
import dev.berth.v1.VmHostDevice;
import dev.berth.v1.VmKernel;
import dev.berth.v1.VmNic;
import dev.berth.v1.VmSpec;
import dev.berth.v1.VmUserNetwork;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class StackVmTest {
  private static final String DIGEST = "0123456789abcdef".repeat(4);

  private static final String WHOLE =
      """
      stack: shop
      workloads:
        db:
          vm:
            disk: {image: "https://a.example/d.qcow2", sha256: "DIGEST", size: 20Gi, cache: none}
            dataDisks: [{name: data, size: 1Ti, cache: write-through}]
            kernel: {image: linux, sha256: "DIGEST", initrd: initrd, initrdSha256: "DIGEST",
                     commandLine: "console=ttyS0"}
            firmware: uefi
            machine: pc
            driver: libvirt-xen
            requireKvm: true
            nics: [{user: {}, model: e1000e}, {bridge: br0}, {libvirtNetwork: default}]
            cloudInit:
              userData: |
                #cloud-config
                packages: [nginx]
              networkConfig: "version: 2"
              sshAuthorizedKeys: ["ssh-ed25519 AAAA me"]
            hostname: db
            bootMarkers: [{phase: boot-loader, text: "my loader"}]
            vnc: true
            hostDevices: [{pci: "0000:01:00.0"}, {usb: "1234:5678"}]
          resources: {cpu: 2, memory: 4Gi}
      """;

  private static StackFile read(String text) throws StackException {
    return StackFile.read("vm.yaml", text.getBytes(StandardCharsets.UTF_8));
  }

  private static String refusal(String text) {
    return String.valueOf(assertThrows(StackException.class, () -> read(text)).getMessage());
  }

  @Test
  void readsEveryFieldOfAMachine() throws StackException {
    StackFile file = read(WHOLE.replace("DIGEST", DIGEST));
    VmSpec vm =
        VmSpec.newBuilder()
            .setDisk(
                VmDisk.newBuilder()
                    .setImage("https://a.example/d.qcow2")
                    .setImageSha256(DIGEST)
                    .setSizeBytes(20L << 30)
                    .setCache(VmDiskCache.VM_DISK_CACHE_NONE))
            .addDataDisks(
                VmDataDisk.newBuilder()
                    .setName("data")
                    .setSizeBytes(1L << 40)
                    .setCache(VmDiskCache.VM_DISK_CACHE_WRITE_THROUGH))
            .setKernel(
                VmKernel.newBuilder()
                    .setImage("linux")
                    .setImageSha256(DIGEST)
                    .setInitrdImage("initrd")
                    .setInitrdSha256(DIGEST)
                    .setCommandLine("console=ttyS0"))
            .setFirmware(VmFirmware.VM_FIRMWARE_UEFI)
            .setMachine("pc")
            .setDriver("libvirt-xen")
            .addHostDevices(VmHostDevice.newBuilder().setPci("0000:01:00.0"))
            .addHostDevices(VmHostDevice.newBuilder().setUsb("1234:5678"))
            .setRequireKvm(true)
            .addNics(
                VmNic.newBuilder().setUser(VmUserNetwork.getDefaultInstance()).setModel("e1000e"))
            .addNics(VmNic.newBuilder().setBridge("br0"))
            .addNics(VmNic.newBuilder().setLibvirtNetwork("default"))
            .setCloudInit(
                CloudInit.newBuilder()
                    .setUserData("#cloud-config\npackages: [nginx]\n")
                    .setNetworkConfig("version: 2")
                    .addSshAuthorizedKeys("ssh-ed25519 AAAA me"))
            .setHostname("db")
            .addBootMarkers(
                BootMarker.newBuilder()
                    .setPhase(BootPhaseKind.BOOT_PHASE_KIND_BOOT_LOADER)
                    .setText("my loader"))
            .setVnc(true)
            .build();
    WorkloadSpec expected =
        WorkloadSpec.newBuilder()
            .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
            .setReplicas(1)
            .setVm(vm)
            .setResources(Resources.newBuilder().setCpuMillis(2000).setMemoryBytes(4L << 30))
            .build();
    assertEquals(List.of(new StackWorkload("db", expected)), file.workloads());
  }

  @Test
  void aWorkloadIsOneThing() {
    String both =
        refusal(
            """
            stack: shop
            workloads:
              db: {vm: {disk: {image: d}}, container: {image: c}, resources: {cpu: 1, memory: 1Gi}}
            """);
    assertTrue(both.contains("exactly one is wanted of container, vm, process"), both);
    String none = refusal("stack: shop\nworkloads: {db: {replicas: 1}}\n");
    assertTrue(none.contains("exactly one is wanted of container, vm, process"), none);
  }

  @Test
  void whatAMachineMustSayIsAskedForWhereItIsMissing() {
    String missing = refusal("stack: shop\nworkloads:\n  db:\n    vm: {disk: {image: d}}\n");
    assertTrue(missing.contains("how many CPUs the machine has"), missing);
    String image =
        refusal(
            """
            stack: shop
            workloads:
              db: {vm: {disk: {image: d}, image: d}, resources: {cpu: 1, memory: 1Gi}}
            """);
    assertTrue(image.contains("disk: {image: …}"), image);
  }
}
