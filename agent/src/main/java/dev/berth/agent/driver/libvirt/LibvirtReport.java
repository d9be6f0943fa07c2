package dev.berth.agent.driver.libvirt;

import dev.berth.agent.driver.DriverReport;
import dev.berth.spec.DriverNeeds;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Kind;
import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/// Describes the hypervisor.
final class LibvirtReport {
  private final String driver;
  private final URI uri;
  private final Hypervisor hypervisor;
  private final KvmProbe kvm;
  private final LibvirtPlace place;

  LibvirtReport(String driver, URI uri, Hypervisor hypervisor, KvmProbe kvm, LibvirtPlace place) {
    this.driver = driver;
    this.uri = uri;
    this.hypervisor = hypervisor;
    this.kvm = kvm;
    this.place = place;
  }

  DriverReport now() {
    try {
      return available(hypervisor.facts());
    } catch (HypervisorException e) {
      return new DriverReport(
          description().setAvailable(false).setMessage(String.valueOf(e.getMessage())).build(),
          List.of());
    }
  }

  /// Whether machines are accelerated: the hypervisor offers it, and it was seen to work.
  static boolean accelerates(HypervisorFacts facts, KvmProbe kvm) {
    return facts.acceleration() && kvm.verdict() instanceof KvmProbe.Verdict.Usable;
  }

  /// What is known of acceleration, for people.
  static String words(HypervisorFacts facts, KvmProbe kvm) {
    String verdict = kvm.verdict().words();
    return facts.acceleration() || !verdict.equals("usable")
        ? verdict
        : "usable, but libvirt does not offer it";
  }

  private DriverReport available(HypervisorFacts facts) {
    DriverDescription.Builder description =
        description().setAvailable(true).setVersion(facts.libvirtVersion());
    Layer.Builder layer =
        Layer.newBuilder()
            .setKind(LayerKind.LAYER_KIND_HYPERVISOR)
            .setName(facts.flavour().name().toLowerCase(Locale.ROOT))
            .setVersion(facts.version())
            .putAttributes("libvirt_version", facts.libvirtVersion())
            .putAttributes("driver", driver)
            .putAttributes("connection", uri.toString());
    if (place.keepsConsoles(facts.flavour())) {
      description.addCapabilities("logs");
    }
    description.addCapabilities(
        facts.flavour() == Flavour.XEN ? DriverNeeds.PARAVIRTUAL : "snapshots");
    if (facts.flavour() == Flavour.QEMU) {
      description.addCapabilities("commit");
      description.addCapabilities("exec");
      layer.putAttributes("kvm", words(facts, kvm));
      if (accelerates(facts, kvm)) {
        description.addCapabilities(DriverNeeds.KVM);
      }
      if (facts.uefi()) {
        description.addCapabilities(DriverNeeds.UEFI);
      }
    }
    return new DriverReport(description.build(), List.of(layer.build()));
  }

  private DriverDescription.Builder description() {
    return DriverDescription.newBuilder()
        .setName(driver)
        .setKind(Kind.KIND_VM)
        .addCapabilities("stats")
        .addCapabilities("console")
        .addCapabilities("pause")
        .addCapabilities("resize")
        .addCapabilities("kill");
  }
}
