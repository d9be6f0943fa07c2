package dev.berth.agent.facts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.DriverReport;
import dev.berth.spec.HostDevice;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.Resources;
import dev.berth.v1.WithheldDevice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostFactsTest {
  private static final String V1_MOUNTS =
      """
      30 25 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
      31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct
      32 30 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
      33 30 0:29 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
      """;
  private static final String V2_MOUNT =
      "31 30 0:27 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

  @TempDir Path root;

  @Test
  void describesAPhysicalServer() throws IOException {
    new FixtureHost(root)
        .with("proc/cpuinfo", FixtureHost.cpuinfo(4, "Intel(R) Xeon(R) Gold 6338", "fpu vmx sse"))
        .with("sys/devices/system/cpu/online", "0-3\n")
        .with("proc/meminfo", "MemTotal:       16384 kB\nMemFree: 1 kB\n")
        .withDirectory("sys/devices/system/node/node0")
        .withDirectory("sys/devices/system/node/node1")
        .withDisk("nvme0n1", 1_000_204_886_016L, "Samsung SSD 980")
        .with("sys/block/loop0/size", "0\n")
        .with("sys/block/sr0/size", "2048\n")
        .withCard("eno1", "aa:bb:cc:dd:ee:ff", 25_000)
        .with("sys/class/net/docker0/type", "1\n")
        .with("sys/class/dmi/id/sys_vendor", "Dell Inc.\n")
        .with("sys/class/dmi/id/product_name", "PowerEdge R650\n")
        .with("dev/kvm", "")
        .with("proc/self/mountinfo", V2_MOUNT)
        .with("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n")
        .with("proc/sys/kernel/ostype", "Linux\n")
        .with("proc/sys/kernel/osrelease", "6.1.0-18-amd64\n")
        .with("proc/sys/kernel/random/boot_id", "5c0f\n")
        .with("etc/os-release", "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n");
    HostFacts facts = HostFacts.read(root);

    Layer hardware = layer(facts, LayerKind.LAYER_KIND_HARDWARE);
    assertEquals("Intel(R) Xeon(R) Gold 6338", hardware.getName());
    assertEquals("4", hardware.getAttributesOrThrow("cpus"));
    assertEquals("2", hardware.getAttributesOrThrow("cpu_sockets"));
    assertEquals("2", hardware.getAttributesOrThrow("numa_nodes"));
    assertEquals("16777216", hardware.getAttributesOrThrow("memory_bytes"));
    assertEquals("1000204886016", hardware.getAttributesOrThrow("disk.nvme0n1_bytes"));
    assertEquals("Samsung SSD 980", hardware.getAttributesOrThrow("disk.nvme0n1_model"));
    assertEquals("aa:bb:cc:dd:ee:ff", hardware.getAttributesOrThrow("nic.eno1_mac"));
    assertEquals("25000", hardware.getAttributesOrThrow("nic.eno1_speed_mbits"));
    assertFalse(hardware.containsAttributes("disk.loop0_bytes"));
    assertFalse(hardware.containsAttributes("nic.docker0_mac"));

    Layer virtualization = layer(facts, LayerKind.LAYER_KIND_VIRTUALIZATION);
    assertEquals("bare metal", virtualization.getName());
    assertEquals("false", virtualization.getAttributesOrThrow("guest"));
    assertEquals("present, not tried", virtualization.getAttributesOrThrow("can_run_vms"));

    Layer kernel = layer(facts, LayerKind.LAYER_KIND_KERNEL);
    assertEquals("Linux", kernel.getName());
    assertEquals("6.1.0-18-amd64", kernel.getVersion());
    Layer system = layer(facts, LayerKind.LAYER_KIND_OPERATING_SYSTEM);
    assertEquals("Debian GNU/Linux 12", system.getName());
    assertEquals("debian", system.getAttributesOrThrow("distribution_id"));

    Layer cgroup = layer(facts, LayerKind.LAYER_KIND_CGROUP);
    assertEquals("cgroup v2", cgroup.getName());
    assertEquals("cpu cpuset io memory pids", cgroup.getAttributesOrThrow("controllers"));
    assertEquals("5c0f", facts.bootId());
    assertEquals(
        Resources.newBuilder().setCpuMillis(4000).setMemoryBytes(16_777_216).build(),
        facts.capacity());
  }

  @Test
  void knowsAKvmGuestByItsCpuid() throws IOException {
    new FixtureHost(root)
        .with("proc/cpuinfo", FixtureHost.cpuinfo(1, "AMD EPYC", "fpu hypervisor"))
        .withCpuid(0x4000_0000L, "KVMKVMKVM\0\0\0");
    Layer layer = layer(HostFacts.read(root), LayerKind.LAYER_KIND_VIRTUALIZATION);
    assertEquals("KVM guest", layer.getName());
    assertEquals("CPUID signature KVMKVMKVM", layer.getAttributesOrThrow("evidence"));
    assertEquals("no: neither /dev/kvm nor vmx nor svm", layer.getAttributesOrThrow("can_run_vms"));
  }

  @Test
  void knowsHyperVByItsCpuidAndItsMachineByDmi() throws IOException {
    new FixtureHost(root)
        .with("proc/cpuinfo", FixtureHost.cpuinfo(1, "Intel", "fpu hypervisor vmx"))
        .withCpuid(0x4000_0000L, "Microsoft Hv")
        .with("sys/class/dmi/id/sys_vendor", "Microsoft Corporation");
    Layer layer = layer(HostFacts.read(root), LayerKind.LAYER_KIND_VIRTUALIZATION);
    assertEquals("Hyper-V guest", layer.getName());
    assertEquals("Microsoft Corporation", layer.getAttributesOrThrow("dmi_vendor"));
    assertEquals(
        "the CPU could, but there is no /dev/kvm", layer.getAttributesOrThrow("can_run_vms"));
  }

  @Test
  void tellsACloudGuestFromTheCloudsBareMetal() throws IOException {
    new FixtureHost(root)
        .with("proc/cpuinfo", FixtureHost.cpuinfo(1, "Intel", "fpu hypervisor"))
        .with("sys/class/dmi/id/sys_vendor", "Amazon EC2")
        .with("sys/class/dmi/id/product_name", "m5.large");
    assertEquals(
        "KVM guest", layer(HostFacts.read(root), LayerKind.LAYER_KIND_VIRTUALIZATION).getName());
    new FixtureHost(root)
        .with("proc/cpuinfo", FixtureHost.cpuinfo(1, "Intel", "fpu vmx"))
        .with("sys/class/dmi/id/product_name", "m5.metal");
    assertEquals(
        "bare metal", layer(HostFacts.read(root), LayerKind.LAYER_KIND_VIRTUALIZATION).getName());
  }

  @Test
  void knowsTheControlDomainOfXenAsAHost() throws IOException {
    new FixtureHost(root)
        .with("proc/cpuinfo", FixtureHost.cpuinfo(1, "Intel", "fpu hypervisor"))
        .with("sys/hypervisor/type", "xen\n")
        .with("proc/xen/capabilities", "control_d\n");
    assertEquals(
        "Xen host", layer(HostFacts.read(root), LayerKind.LAYER_KIND_VIRTUALIZATION).getName());
  }

  @Test
  void saysThatAKvmDeviceWithoutCpuSupportIsDoubtful() throws IOException {
    new FixtureHost(root)
        .with("proc/cpuinfo", FixtureHost.cpuinfo(1, "AMD", "fpu hypervisor"))
        .with("dev/kvm", "");
    Layer layer = layer(HostFacts.read(root), LayerKind.LAYER_KIND_VIRTUALIZATION);
    assertEquals("unknown hypervisor guest", layer.getName());
    assertTrue(layer.getAttributesOrThrow("can_run_vms").contains("neither vmx nor svm"));
  }

  @Test
  void describesAnArmBoardWithMuslAndCgroupV1() throws IOException {
    new FixtureHost(root)
        .with("proc/cpuinfo", "processor\t: 0\nFeatures\t: fp asimd\n\nprocessor\t: 1\n")
        .with("proc/device-tree/model", "Raspberry Pi 4\0")
        .with("proc/meminfo", "MemTotal: 1024 kB\n")
        .with("proc/self/mountinfo", V1_MOUNTS)
        .with("etc/os-release", "NAME='Alpine Linux'\nID=alpine\nVERSION_ID=3.19.1\n")
        .with("lib/apk/db/installed", "P:busybox\nV:1.36.1-r15\n\nP:musl\nV:1.2.4-r2\n")
        .with("lib/ld-musl-aarch64.so.1", "\177ELF");
    HostFacts facts = HostFacts.read(root);
    assertEquals("Raspberry Pi 4", layer(facts, LayerKind.LAYER_KIND_HARDWARE).getName());
    assertEquals(2000, facts.capacity().getCpuMillis());
    assertEquals("unknown", layer(facts, LayerKind.LAYER_KIND_VIRTUALIZATION).getName());
    Layer library = layer(facts, LayerKind.LAYER_KIND_SYSTEM_LIBRARY);
    assertEquals("musl", library.getName());
    assertEquals("1.2.4", library.getVersion());
    Layer cgroup = layer(facts, LayerKind.LAYER_KIND_CGROUP);
    assertEquals("cgroup v1", cgroup.getName());
    assertEquals("cpu cpuacct memory", cgroup.getAttributesOrThrow("controllers"));
    assertEquals(
        root.resolve("sys/fs/cgroup/cpu,cpuacct"), CgroupHierarchy.read(root).v1().get("cpuacct"));
  }

  @Test
  void readsTheVersionOfGlibcFromItsBytes() throws IOException {
    byte[] library =
        "\177ELF\0\0GNU C Library (Ubuntu GLIBC 2.39-0ubuntu8) stable release version 2.39.\n\0"
            .getBytes(StandardCharsets.ISO_8859_1);
    new FixtureHost(root)
        .with("proc/self/maps", "7f00-7f01 r-xp 00 fe:00 1  /usr/lib/x/libc.so.6\n")
        .withBytes("usr/lib/x/libc.so.6", library);
    Layer layer = layer(HostFacts.read(root), LayerKind.LAYER_KIND_SYSTEM_LIBRARY);
    assertEquals("glibc", layer.getName());
    assertEquals("2.39", layer.getVersion());
    assertEquals("Ubuntu GLIBC 2.39-0ubuntu8", layer.getAttributesOrThrow("build"));
  }

  @Test
  void callsBothCgroupVersionsTogetherHybrid() throws IOException {
    new FixtureHost(root)
        .with(
            "proc/self/mountinfo",
            V1_MOUNTS + "40 30 0:40 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n")
        .with("sys/fs/cgroup/unified/cgroup.controllers", "hugetlb\n");
    Layer layer = layer(HostFacts.read(root), LayerKind.LAYER_KIND_CGROUP);
    assertEquals("cgroup hybrid", layer.getName());
    assertEquals("cpu cpuacct memory", layer.getAttributesOrThrow("controllers_v1"));
    assertEquals("hugetlb", layer.getAttributesOrThrow("controllers_v2"));
  }

  @Test
  void survivesAHostWithoutAnyFile() {
    HostFacts facts = HostFacts.read(root);
    assertEquals(7, facts.layers().size());
    assertEquals(1000, facts.capacity().getCpuMillis());
    assertEquals("", facts.bootId());
  }

  @Test
  void survivesNonsenseInEveryFile() throws IOException {
    String nonsense = "\0\1\2 : - / \n:::\n - \n99999999999999999999 kB\n";
    for (String file :
        List.of(
            "proc/cpuinfo",
            "proc/meminfo",
            "proc/self/mountinfo",
            "proc/self/maps",
            "sys/devices/system/cpu/online",
            "sys/block/sda/size",
            "sys/class/net/eth0/speed",
            "dev/cpu/0/cpuid",
            "etc/os-release",
            "lib/ld-musl-x86_64.so.1",
            "sys/hypervisor/type")) {
      new FixtureHost(root).with(file, nonsense);
    }
    assertEquals(7, HostFacts.read(root).layers().size());
  }

  @Test
  void countsCpusInRanges() {
    assertEquals(5, HardwareProbe.rangeSize("0-3,8"));
    assertEquals(1, HardwareProbe.rangeSize("0"));
    assertEquals(0, HardwareProbe.rangeSize("5-2,x"));
  }

  @Test
  void describesTheNodeWithWhatOperatorsAndDriversSay() throws IOException {
    new FixtureHost(root).with("proc/meminfo", "MemTotal: 2048 kB\n");
    NodeFacts facts =
        new NodeFacts(
            root,
            new FactsSettings(
                "10.0.0.7",
                Resources.newBuilder().setCpuMillis(500).build(),
                20000,
                32000,
                "1",
                List.of(),
                List.of(HostDevice.parse("usb:1234:5678"), HostDevice.parse("pci:0000:01:00.0"))));
    new FixtureHost(root).withDirectory("sys/bus/pci/devices/0000:01:00.0/iommu_group");
    Layer runtime =
        Layer.newBuilder()
            .setKind(LayerKind.LAYER_KIND_CONTAINER_RUNTIME)
            .setName("docker")
            .build();
    DriverDescription docker = DriverDescription.newBuilder().setName("docker").build();
    NodeDescription node = facts.describe(List.of(new DriverReport(docker, List.of(runtime))));
    assertEquals(500, node.getCapacity().getCpuMillis());
    assertEquals(2048 * 1024, node.getCapacity().getMemoryBytes());
    assertEquals(List.of(docker), node.getDriversList());
    assertEquals(runtime, node.getLayers(7));
    assertEquals(List.of(HostDevice.parse("pci:0000:01:00.0").device()), node.getDevicesList());
    assertEquals(
        List.of(
            WithheldDevice.newBuilder()
                .setName("usb-1234-5678")
                .setId("usb:1234:5678")
                .setReason("there is no such device")
                .build()),
        node.getWithheldDevicesList());
    assertEquals("10.0.0.7", node.getAddress());
    assertEquals(20000, node.getDynamicPortFirst());
  }

  @Test
  void describesTheMachineThatThisRunsOn() {
    HostFacts facts = HostFacts.read(Path.of("/"));
    assertTrue(
        Runtime.getRuntime().availableProcessors() * 1000L <= facts.capacity().getCpuMillis());
    assertTrue(facts.capacity().getMemoryBytes() > 64 << 20);
    assertFalse(facts.bootId().isEmpty());
    assertEquals("Linux", layer(facts, LayerKind.LAYER_KIND_KERNEL).getName());
    Layer library = layer(facts, LayerKind.LAYER_KIND_SYSTEM_LIBRARY);
    assertTrue(library.getName().equals("glibc") || library.getName().equals("musl"));
    assertTrue(library.getVersion().matches("\\d+\\.\\d+.*"), library::getVersion);
    if (Files.exists(Path.of("/sys/fs/cgroup"))) {
      assertFalse(
          layer(facts, LayerKind.LAYER_KIND_CGROUP).getAttributesOrThrow("controllers").isEmpty());
    }
  }

  private static Layer layer(HostFacts facts, LayerKind kind) {
    return facts.layers().stream().filter(l -> l.getKind() == kind).findFirst().orElseThrow();
  }
}
