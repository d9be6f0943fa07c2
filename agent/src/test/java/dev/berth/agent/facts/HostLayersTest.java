package dev.berth.agent.facts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.DriverReport;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.Resources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Machines of several sorts, layer by layer.
class HostLayersTest {
  private static final String LSM = "lockdown,capability,landlock,yama,apparmor,bpf";
  private static final String PCI_IDS =
      """
      #	List of PCI ID's
      1002  Advanced Micro Devices, Inc. [AMD/ATI]
      	73bf  Navi 21
      10de  NVIDIA Corporation
      	2684  AD102 [GeForce RTX 4090]
      		1043 889c  another card's name
      1a03  ASPEED Technology, Inc.
      	2000  ASPEED Graphics Family
      """;

  @TempDir private Path root;

  @Test
  void describesAServerWithTwoSocketsAndUefi() throws IOException {
    twoSockets();
    Map<String, String> hardware = attributes(LayerKind.LAYER_KIND_HARDWARE);
    assertEquals("8", hardware.get("cpus"));
    assertEquals("4", hardware.get("cpu_cores"));
    assertEquals("2", hardware.get("cpu_sockets"));
    assertEquals("2", hardware.get("numa_nodes"));
    assertEquals("0-3", hardware.get("numa.node0_cpus"));
    assertEquals("4-7", hardware.get("numa.node1_cpus"));
    assertEquals("67108864", hardware.get("numa.node1_memory_bytes"));
    assertEquals("Dell Inc.", hardware.get("machine_vendor"));
    assertEquals("PowerEdge R650", hardware.get("machine_model"));
    assertEquals("ice", hardware.get("nic.eno1_driver"));
    assertEquals("2", hardware.get("tpm_version"));
    assertEquals(
        "NVIDIA Corporation AD102 [GeForce RTX 4090]", hardware.get("gpu.0000:3b:00.0_model"));
    assertEquals("nvidia", hardware.get("gpu.0000:3b:00.0_driver"));
    assertEquals("NVIDIA L40S", hardware.get("gpu.0000:5e:00.0_model"));
    assertEquals("ASPEED Technology, Inc. 1a03:9999", hardware.get("gpu.0000:02:00.0_model"));
    assertFalse(hardware.containsKey("gpu.0000:00:1f.0_model"));

    Layer firmware = layer(LayerKind.LAYER_KIND_FIRMWARE);
    assertEquals("UEFI", firmware.getName());
    assertEquals("1.12.1", firmware.getVersion());
    assertEquals(
        Map.of(
            "evidence", "/sys/firmware/efi",
            "vendor", "Dell Inc.",
            "date", "03/04/2026",
            "efi_bits", "64",
            "secure_boot", "on"),
        firmware.getAttributesMap());
    assertEquals("bare metal", layer(LayerKind.LAYER_KIND_VIRTUALIZATION).getName());
  }

  @Test
  void tellsHowAKernelKeepsApartWhatRunsOnIt() throws IOException {
    twoSockets();
    assertEquals(
        Map.of(
            "namespaces", "cgroup ipc mnt net pid user uts",
            "user_namespaces_max", "125000",
            "unprivileged_user_namespaces", "1",
            "seccomp_actions", "kill_process trap errno",
            "security_modules", LSM.replace(',', ' '),
            "lockdown", "integrity",
            "overlayfs", "as a module that is not loaded",
            "cpu_vulnerable_to", "retbleed"),
        attributes(LayerKind.LAYER_KIND_KERNEL));
    host().with("proc/filesystems", "nodev\tproc\n\text4\nnodev\toverlay\n");
    assertEquals("yes", attributes(LayerKind.LAYER_KIND_KERNEL).get("overlayfs"));
  }

  @Test
  void knowsOneSecurityModuleWhereTheListCannotBeSeen() throws IOException {
    host().with("sys/module/apparmor/parameters/enabled", "Y\n");
    assertEquals("apparmor", attributes(LayerKind.LAYER_KIND_KERNEL).get("security_modules"));
  }

  @Test
  void knowsSelinuxAndWhetherItEnforces() throws IOException {
    host().with("sys/fs/selinux/enforce", "1");
    Map<String, String> kernel = attributes(LayerKind.LAYER_KIND_KERNEL);
    assertEquals("selinux", kernel.get("security_modules"));
    assertEquals("enforcing", kernel.get("selinux"));
  }

  @Test
  void describesAKvmGuestWithSeaBios() throws IOException {
    host()
        .with("proc/cpuinfo", FixtureHost.cpuinfo(2, "AMD EPYC", "fpu hypervisor"))
        .with("sys/class/dmi/id/sys_vendor", "QEMU\n")
        .with("sys/class/dmi/id/product_name", "Standard PC (Q35 + ICH9, 2009)\n")
        .with("sys/class/dmi/id/bios_vendor", "SeaBIOS\n")
        .with("sys/class/dmi/id/bios_version", "1.16.2-debian-1.16.2-1\n");
    assertEquals("BIOS", layer(LayerKind.LAYER_KIND_FIRMWARE).getName());
    assertEquals("1.16.2-debian-1.16.2-1", layer(LayerKind.LAYER_KIND_FIRMWARE).getVersion());
    assertEquals("KVM guest", layer(LayerKind.LAYER_KIND_VIRTUALIZATION).getName());
    assertFalse(attributes(LayerKind.LAYER_KIND_HARDWARE).containsKey("numa_nodes"));
    assertFalse(attributes(LayerKind.LAYER_KIND_HARDWARE).containsKey("memory_bytes"));
  }

  @Test
  void knowsTheUefiOfAGuestByItsMaker() throws IOException {
    host().with("sys/class/dmi/id/bios_vendor", "EFI Development Kit II / OVMF\n");
    assertEquals("UEFI", layer(LayerKind.LAYER_KIND_FIRMWARE).getName());
  }

  @Test
  void concludesABiosOnlyWhereOtherTablesOfTheFirmwareAreSeen() throws IOException {
    host().with("sys/class/dmi/id/bios_vendor", "American Megatrends Inc.\n");
    assertEquals("unknown", layer(LayerKind.LAYER_KIND_FIRMWARE).getName());
    assertEquals(
        "/sys/firmware cannot be seen", attributes(LayerKind.LAYER_KIND_FIRMWARE).get("evidence"));
    host().withDirectory("sys/firmware/acpi");
    assertEquals("BIOS", layer(LayerKind.LAYER_KIND_FIRMWARE).getName());
  }

  @Test
  void describesAContainerWithoutDmi() throws IOException {
    host()
        .with(".dockerenv", "")
        .withLink("proc/self/ns/pid", "pid:[4026532310]")
        .with("proc/cpuinfo", FixtureHost.cpuinfo(2, "AMD EPYC", "fpu hypervisor"))
        .withDirectory("sys/firmware")
        .with("etc/os-release", "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.19.1\n")
        .with("lib/apk/db/installed", "P:busybox\nV:1.36.1-r15\n\nP:musl\nV:1.2.4-r2\n")
        .withLink("bin/ls", "busybox")
        .withLink("bin/sh", "busybox")
        .with("proc/1/comm", "java\n");
    assertEquals("unknown", layer(LayerKind.LAYER_KIND_FIRMWARE).getName());
    assertEquals(
        Map.of("evidence", "neither UEFI's files nor DMI"),
        attributes(LayerKind.LAYER_KIND_FIRMWARE));
    assertEquals("docker", attributes(LayerKind.LAYER_KIND_VIRTUALIZATION).get("container"));
    assertFalse(attributes(LayerKind.LAYER_KIND_HARDWARE).containsKey("machine_vendor"));
    assertEquals("Alpine Linux", layer(LayerKind.LAYER_KIND_OPERATING_SYSTEM).getName());
    assertEquals("3.19.1", layer(LayerKind.LAYER_KIND_OPERATING_SYSTEM).getVersion());
    assertEquals(
        Map.of(
            "distribution_id", "alpine",
            "distribution_version", "3.19.1",
            "package_manager", "apk",
            "packages", "2",
            "basic_commands", "busybox",
            "shell", "busybox",
            "init", "java"),
        attributes(LayerKind.LAYER_KIND_OPERATING_SYSTEM));
  }

  @Test
  void aMachineMadeFromAContainersImageIsNoContainer() throws IOException {
    host()
        .with(".dockerenv", "")
        .withLink("proc/self/ns/ipc", "ipc:[4026531839]")
        .withLink("proc/self/ns/pid", "pid:[4026531836]")
        .withLink("proc/self/ns/uts", "uts:[4026531838]");
    assertFalse(attributes(LayerKind.LAYER_KIND_VIRTUALIZATION).containsKey("container"));
  }

  @Test
  void tellsWhereTheProgramsOfADebianComeFrom() throws IOException {
    host()
        .with(
            "usr/lib/os-release",
            "NAME=\"Debian GNU/Linux\"\nVERSION=\"12 (bookworm)\"\nID=debian\nVERSION_ID=\"12\"\n")
        .with("var/lib/dpkg/info/coreutils.list", "")
        .with("var/lib/dpkg/info/dash.list", "")
        .with("var/lib/dpkg/info/dash.md5sums", "")
        .with("bin/ls", "")
        .withLink("bin/sh", "dash")
        .withDirectory("run/systemd/system");
    assertEquals("12 (bookworm)", layer(LayerKind.LAYER_KIND_OPERATING_SYSTEM).getVersion());
    assertEquals(
        Map.of(
            "distribution_id", "debian",
            "distribution_version", "12",
            "package_manager", "dpkg",
            "packages", "2",
            "basic_commands", "coreutils",
            "shell", "dash",
            "init", "systemd"),
        attributes(LayerKind.LAYER_KIND_OPERATING_SYSTEM));
  }

  @Test
  void aBoardThatDoesNotKnowItsSocketsSaysNothingOfThem() throws IOException {
    host()
        .with("sys/devices/system/cpu/cpu0/topology/physical_package_id", "-1\n")
        .with("sys/devices/system/cpu/cpu0/topology/core_id", "0\n");
    assertEquals(Set.of("cpus"), attributes(LayerKind.LAYER_KIND_HARDWARE).keySet());
  }

  @Test
  void coresAreCountedFromCpuinfoWhereTheKernelTellsNothingElse() throws IOException {
    host()
        .with(
            "proc/cpuinfo",
            """
            processor\t: 0
            physical id\t: 0
            core id\t\t: 0

            processor\t: 1
            physical id\t: 1
            core id\t\t: 0
            """);
    assertEquals("2", attributes(LayerKind.LAYER_KIND_HARDWARE).get("cpu_cores"));
    assertEquals("2", attributes(LayerKind.LAYER_KIND_HARDWARE).get("cpu_sockets"));
  }

  @Test
  void theLargestHostFitsALayer() throws IOException {
    FixtureHost host = host();
    for (int i = 0; i < 60; i++) {
      host =
          host.withDisk("sd" + i, 1L << 30, "disk")
              .withCard("eth" + i, "aa:bb:cc:dd:ee:ff", 1000)
              .withSocket(i, 2 * i, 2)
              .withGraphics("0000:%02x:00.0".formatted(i), "0x10de", "0x2684", "nvidia");
    }
    assertTrue(attributes(LayerKind.LAYER_KIND_HARDWARE).size() <= 256);
  }

  @Test
  void whatTriedKvmKnowsBetterThanWhatOnlyRead() throws IOException {
    host().with("proc/cpuinfo", FixtureHost.cpuinfo(2, "Intel", "fpu vmx")).with("dev/kvm", "");
    assertEquals("present, not tried", canRunMachines(""));
    assertEquals("yes: a guest ran with /dev/kvm", canRunMachines("usable"));
    assertEquals(
        "emulated ones: /dev/kvm is present but unusable (the guest did not end)",
        canRunMachines("present but unusable (the guest did not end)"));
  }

  @Test
  void noSortOfLayerComesTwice() {
    List<Layer> layers = HostFacts.read(root).layers();
    assertEquals(layers.size(), new HashSet<>(layers.stream().map(Layer::getKind).toList()).size());
  }

  private void twoSockets() throws IOException {
    host()
        .with("proc/cpuinfo", FixtureHost.cpuinfo(8, "Intel(R) Xeon(R) Gold 6338", "fpu vmx"))
        .with("sys/devices/system/cpu/online", "0-7\n")
        .withSocket(0, 0, 4)
        .withSocket(1, 4, 4)
        .withCard("eno1", "aa:bb:cc:dd:ee:ff", 25_000)
        .with("usr/share/misc/pci.ids", PCI_IDS)
        .withGraphics("0000:3b:00.0", "0x10de", "0x2684", "nvidia")
        .withGraphics("0000:5e:00.0", "0x10de", "0x26b9", "nvidia")
        .withGraphics("0000:02:00.0", "0x1a03", "0x9999", "ast")
        .with("sys/bus/pci/devices/0000:00:1f.0/class", "0x060100\n")
        .with(
            "proc/driver/nvidia/gpus/0000:5e:00.0/information",
            "Model: \t\t NVIDIA L40S\nIRQ:   \t\t 100\n")
        .with("sys/class/tpm/tpm0/tpm_version_major", "2\n")
        .with("sys/class/dmi/id/sys_vendor", "Dell Inc.\n")
        .with("sys/class/dmi/id/product_name", "PowerEdge R650\n")
        .with("sys/class/dmi/id/bios_vendor", "Dell Inc.\n")
        .with("sys/class/dmi/id/bios_version", "1.12.1\n")
        .with("sys/class/dmi/id/bios_date", "03/04/2026\n")
        .with("sys/firmware/efi/fw_platform_size", "64\n")
        .withBytes(
            "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
            new byte[] {6, 0, 0, 0, 1});
    for (String name : List.of("cgroup", "ipc", "mnt", "net", "pid", "user", "uts")) {
      host().with("proc/self/ns/" + name, "");
    }
    host()
        .with("proc/self/ns/pid_for_children", "")
        .with("proc/sys/kernel/osrelease", "6.1.0-18-amd64\n")
        .with("proc/sys/user/max_user_namespaces", "125000\n")
        .with("proc/sys/kernel/unprivileged_userns_clone", "1\n")
        .with("proc/sys/kernel/seccomp/actions_avail", "kill_process trap errno\n")
        .with("sys/kernel/security/lsm", LSM)
        .with("sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
        .with("proc/filesystems", "nodev\tproc\n\text4\n")
        .with("lib/modules/6.1.0-18-amd64/modules.dep", "kernel/fs/overlayfs/overlay.ko:\n")
        .with("sys/devices/system/cpu/vulnerabilities/meltdown", "Not affected\n")
        .with("sys/devices/system/cpu/vulnerabilities/mds", "Mitigation: Clear CPU buffers\n")
        .with("sys/devices/system/cpu/vulnerabilities/retbleed", "Vulnerable: no microcode\n");
  }

  private String canRunMachines(String verdict) {
    Layer.Builder qemu = Layer.newBuilder().setKind(LayerKind.LAYER_KIND_HYPERVISOR);
    if (!verdict.isEmpty()) {
      qemu.putAttributes("kvm", verdict);
    }
    DriverReport report =
        new DriverReport(DriverDescription.getDefaultInstance(), List.of(qemu.build()));
    FactsSettings settings =
        new FactsSettings(
            "10.0.0.7", Resources.getDefaultInstance(), 20000, 32000, "1", List.of(), List.of());
    NodeDescription node = new NodeFacts(root, settings).describe(List.of(report));
    return layer(node.getLayersList(), LayerKind.LAYER_KIND_VIRTUALIZATION)
        .getAttributesOrThrow("can_run_vms");
  }

  private FixtureHost host() {
    return new FixtureHost(root);
  }

  private Map<String, String> attributes(LayerKind kind) {
    return layer(kind).getAttributesMap();
  }

  private Layer layer(LayerKind kind) {
    return layer(HostFacts.read(root).layers(), kind);
  }

  private static Layer layer(List<Layer> layers, LayerKind kind) {
    return layers.stream().filter(each -> each.getKind() == kind).findFirst().orElseThrow();
  }
}
