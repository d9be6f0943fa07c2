package dev.berth.agent.doctor;

import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import java.util.List;
import java.util.Optional;

/// Whether hardware acceleration works, as it was tried with a guest.
final class KvmCheck implements Check {
  static final String NAME = "kvm";

  @Override
  public List<Finding> of(Observations seen) {
    Optional<Layer> hypervisor = seen.layer(LayerKind.LAYER_KIND_HYPERVISOR);
    if (hypervisor.isEmpty()) {
      return List.of(Finding.skipped(NAME, "not tried: no virtual machines can run here now"));
    }
    String verdict = hypervisor.get().getAttributesOrDefault("kvm", "");
    if (verdict.isEmpty()) {
      return List.of(
          Finding.skipped(NAME, "the hypervisor is " + hypervisor.get().getName() + ", not QEMU"));
    }
    return List.of(finding(verdict, seen.user()));
  }

  private static Finding finding(String verdict, String user) {
    if (verdict.equals("usable")) {
      return Finding.ok(NAME, "a guest ran with /dev/kvm");
    }
    if (verdict.equals("absent")) {
      return Finding.skipped(NAME, "there is no /dev/kvm: machines are emulated");
    }
    String what = "/dev/kvm is " + verdict + ": machines are emulated, which is slow";
    if (verdict.contains("opened by this user")) {
      return Finding.warning(NAME, what, "usermod -aG kvm " + user);
    }
    if (verdict.startsWith("usable")) {
      return Finding.warning(NAME, what, "systemctl restart libvirtd");
    }
    return Finding.warning(NAME, what, "modprobe -r kvm_intel kvm_amd kvm");
  }
}
