package dev.berth.agent.facts;

import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What the host itself runs in, and whether it could run virtual machines. Only what can be read
/// is judged; nothing is tried, and the answer says so.
final class VirtualizationProbe {
  private static final long[] CPUID_LEAVES = {0x4000_0100L, 0x4000_0000L};
  private static final String CPUID = "dev/cpu/0/cpuid";
  // Those that a kernel begins with have had the same numbers since they can be seen.
  private static final Map<String, String> FIRST_NAMESPACES =
      Map.of("ipc", "ipc:[4026531839]", "pid", "pid:[4026531836]", "uts", "uts:[4026531838]");

  /// A hypervisor and what gave it away.
  private record Finding(String hypervisor, String evidence) {}

  private VirtualizationProbe() {}

  static Layer read(HostFiles files) {
    Layer.Builder layer = Layer.newBuilder().setKind(LayerKind.LAYER_KIND_VIRTUALIZATION);
    List<String> cpuinfo = files.lines("proc/cpuinfo");
    Optional<String> flags =
        HardwareProbe.cpuField(cpuinfo, "flags")
            .or(() -> HardwareProbe.cpuField(cpuinfo, "Features"));
    Optional<Finding> finding = guestOf(files, flags);
    boolean hostOfXen =
        files.text("proc/xen/capabilities").filter(text -> text.contains("control_d")).isPresent();
    if (hostOfXen) {
      layer.setName("Xen host").putAttributes("guest", "false");
    } else if (finding.isPresent()) {
      layer.setName(finding.get().hypervisor() + " guest").putAttributes("guest", "true");
      layer.putAttributes("hypervisor", finding.get().hypervisor());
    } else if (flags.isPresent() && !hasFlag(flags, "hypervisor") && isX86(files, cpuinfo)) {
      layer.setName("bare metal").putAttributes("guest", "false");
    } else {
      layer.setName("unknown").putAttributes("guest", "unknown");
    }
    finding.ifPresent(f -> layer.putAttributes("evidence", f.evidence()));
    dmi(files, "sys_vendor").ifPresent(v -> layer.putAttributes("dmi_vendor", v));
    dmi(files, "product_name").ifPresent(p -> layer.putAttributes("dmi_product", p));
    container(files).ifPresent(engine -> layer.putAttributes("container", engine));
    hosting(files, flags, layer);
    return layer.build();
  }

  /// The container engine that this agent itself was started in: what is seen from there is less
  /// than what the host has. Its mark alone proves nothing, since a machine may have been made from
  /// an image of it.
  private static Optional<String> container(HostFiles files) {
    boolean apart =
        FIRST_NAMESPACES.entrySet().stream()
            .anyMatch(
                first ->
                    files
                        .link("proc/self/ns/" + first.getKey())
                        .filter(own -> !own.equals(first.getValue()))
                        .isPresent());
    if (!apart) {
      return Optional.empty();
    }
    if (files.exists(".dockerenv")) {
      return Optional.of("docker");
    }
    return files.exists("run/.containerenv")
        ? Optional.of("podman")
        : files.text("run/systemd/container");
  }

  private static void hosting(HostFiles files, Optional<String> flags, Layer.Builder layer) {
    boolean vmx = hasFlag(flags, "vmx");
    boolean svm = hasFlag(flags, "svm");
    layer.putAttributes("cpu_extension", vmx ? "vmx" : svm ? "svm" : "none");
    boolean present = files.exists("dev/kvm");
    boolean opens = present && files.canOpen("dev/kvm");
    layer.putAttributes("kvm_device", opens ? "openable" : present ? "not openable" : "absent");
    String verdict;
    if (opens && (vmx || svm)) {
      verdict = "present, not tried";
    } else if (opens) {
      verdict = "device present, but the CPU shows neither vmx nor svm; not tried";
    } else if (present) {
      verdict = "device present, but it cannot be opened by this user";
    } else if (vmx || svm) {
      verdict = "the CPU could, but there is no /dev/kvm";
    } else {
      verdict = "no: neither /dev/kvm nor vmx nor svm";
    }
    layer.putAttributes("can_run_vms", verdict);
  }

  private static Optional<Finding> guestOf(HostFiles files, Optional<String> flags) {
    return byCpuid(files)
        .or(() -> byXen(files))
        .or(() -> byDmi(files))
        .or(() -> byKernel(files))
        .or(() -> byDeviceTree(files))
        .or(
            () ->
                hasFlag(flags, "hypervisor")
                    ? Optional.of(new Finding("unknown hypervisor", "cpuinfo flag hypervisor"))
                    : Optional.empty());
  }

  /// The vendor signature of the hypervisor's CPUID leaves. The higher leaf first: KVM hides there
  /// behind Hyper-V's signature when it offers that interface to Windows.
  private static Optional<Finding> byCpuid(HostFiles files) {
    for (long leaf : CPUID_LEAVES) {
      Optional<byte[]> registers = files.bytesAt(CPUID, leaf, 16);
      if (registers.isPresent()) {
        String signature =
            new String(registers.get(), 4, 12, StandardCharsets.ISO_8859_1).replace("\0", "");
        Optional<Finding> finding =
            hypervisorOfSignature(signature.strip())
                .map(name -> new Finding(name, "CPUID signature " + signature.strip()));
        if (finding.isPresent()) {
          return finding;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> hypervisorOfSignature(String signature) {
    return Optional.ofNullable(
        switch (signature) {
          case "KVMKVMKVM", "Linux KVM Hv" -> "KVM";
          case "TCGTCGTCGTCG" -> "QEMU";
          case "Microsoft Hv" -> "Hyper-V";
          case "VMwareVMware" -> "VMware";
          case "XenVMMXenVMM" -> "Xen";
          case "VBoxVBoxVBox" -> "VirtualBox";
          case "bhyve bhyve" -> "bhyve";
          case "prl hyperv", "lrpepyh vr" -> "Parallels";
          case "ACRNACRNACRN" -> "ACRN";
          default -> null;
        });
  }

  private static Optional<Finding> byXen(HostFiles files) {
    return files
        .text("sys/hypervisor/type")
        .filter(type -> type.equals("xen"))
        .map(_ -> new Finding("Xen", "/sys/hypervisor/type"));
  }

  private static Optional<Finding> byDmi(HostFiles files) {
    String vendor = dmi(files, "sys_vendor").orElse("").toLowerCase(Locale.ROOT);
    String product = dmi(files, "product_name").orElse("").toLowerCase(Locale.ROOT);
    String hypervisor =
        switch (vendor) {
          case "qemu", "google", "digitalocean", "openstack foundation", "red hat", "bochs" ->
              "KVM";
          case "amazon ec2" -> product.contains("metal") ? "" : "KVM";
          case "vmware, inc." -> "VMware";
          case "innotek gmbh" -> "VirtualBox";
          case "xen" -> "Xen";
          case "microsoft corporation" -> product.equals("virtual machine") ? "Hyper-V" : "";
          case "parallels software international inc." -> "Parallels";
          default -> product.contains("kvm") ? "KVM" : "";
        };
    return hypervisor.isEmpty()
        ? Optional.empty()
        : Optional.of(new Finding(hypervisor, "DMI vendor and product"));
  }

  /// What the kernel itself offers only to guests: a paravirtual clock.
  private static Optional<Finding> byKernel(HostFiles files) {
    String clocks =
        files.text("sys/devices/system/clocksource/clocksource0/available_clocksource").orElse("");
    if (clocks.contains("kvm-clock")) {
      return Optional.of(new Finding("KVM", "clock source kvm-clock"));
    }
    if (clocks.contains("hyperv_clocksource")) {
      return Optional.of(new Finding("Hyper-V", "clock source of Hyper-V"));
    }
    String release = files.text("proc/sys/kernel/osrelease").orElse("");
    return release.contains("microsoft-standard")
        ? Optional.of(new Finding("Hyper-V", "kernel release of WSL"))
        : Optional.empty();
  }

  private static Optional<Finding> byDeviceTree(HostFiles files) {
    return files
        .text("proc/device-tree/hypervisor/compatible")
        .map(text -> text.contains("xen") ? "Xen" : text.contains("kvm") ? "KVM" : "")
        .filter(name -> !name.isEmpty())
        .map(name -> new Finding(name, "device tree"));
  }

  private static Optional<String> dmi(HostFiles files, String field) {
    return files.text("sys/class/dmi/id/" + field);
  }

  private static boolean isX86(HostFiles files, List<String> cpuinfo) {
    return HardwareProbe.cpuField(cpuinfo, "vendor_id").isPresent()
        || files.exists("sys/class/dmi/id");
  }

  private static boolean hasFlag(Optional<String> flags, String flag) {
    return flags.filter(all -> (" " + all + " ").contains(" " + flag + " ")).isPresent();
  }
}
