package dev.berth.agent.driver.libvirt;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/// What snapshots of a machine could be kept in, by its definition.
///
/// @param emulated whether the machine is QEMU's, whose snapshots lie in its disks
/// @param uefi whether its firmware has variables, which no snapshot holds
/// @param disks those that it writes to
record SnapshotGround(boolean emulated, boolean uefi, List<Disk> disks) {
  SnapshotGround {
    disks = List.copyOf(disks);
  }

  /// A disk that the machine writes to.
  ///
  /// @param target its name in the definition: "vda"
  /// @param format "qcow2" can hold snapshots
  record Disk(String target, String format, Path file) {
    boolean holdsSnapshots() {
      return format.equals("qcow2");
    }
  }

  /// Reads libvirt's domain XML.
  static SnapshotGround of(String xml) throws HypervisorException {
    Element domain = DomainMetadata.parse(xml).getDocumentElement();
    String type = domain.getAttribute("type");
    boolean uefi =
        first(domain, "loader")
            .filter(each -> each.getAttribute("type").equals("pflash"))
            .isPresent();
    List<Disk> disks = new ArrayList<>();
    NodeList all = domain.getElementsByTagName("disk");
    for (int i = 0; i < all.getLength(); i++) {
      Element disk = (Element) all.item(i);
      if (first(disk, "readonly").isEmpty()) {
        disks.add(
            new Disk(
                attribute(disk, "target", "dev"),
                attribute(disk, "driver", "type"),
                Path.of(attribute(disk, "source", "file"))));
      }
    }
    return new SnapshotGround(type.equals("qemu") || type.equals("kvm"), uefi, disks);
  }

  /// What keeps the machine from having snapshots, and what to do; empty: nothing does.
  Optional<String> obstacle() {
    if (!emulated) {
      return Optional.empty(); // its hypervisor says so itself
    }
    if (uefi) {
      return Optional.of(
          "it starts by UEFI, and a snapshot would not hold its firmware's variables; run it with"
              + " BIOS (--firmware bios) to take snapshots of it");
    }
    if (disks.isEmpty()) {
      return Optional.of(
          "it has no disk that it writes to, so there is nothing to keep a snapshot in; give it one"
              + " (vm.disk or vm.data_disks)");
    }
    return disks.stream()
        .filter(disk -> !disk.holdsSnapshots())
        .findFirst()
        .map(
            disk ->
                "its disk %s has the format %s (expected: qcow2), which holds no snapshots"
                    .formatted(disk.target(), disk.format()));
  }

  // The first below a disk is its own: those of its backing files come later.
  private static String attribute(Element parent, String child, String name) {
    return first(parent, child).map(each -> each.getAttribute(name)).orElse("");
  }

  private static Optional<Element> first(Element parent, String name) {
    return Optional.ofNullable((Element) parent.getElementsByTagName(name).item(0));
  }
}
