package dev.berth.agent.driver.libvirt;

import java.util.Optional;

/// A sort of hypervisor, as far as its machines are described differently.
enum Flavour {
  /// QEMU, with or without KVM.
  QEMU("QEMU"),
  /// Xen, through its libxl driver.
  XEN("Xen"),
  /// libvirt's own driver for tests, which runs nothing.
  TEST("TEST");

  private final String type;

  Flavour(String type) {
    this.type = type;
  }

  /// The sort that a connection's type names.
  static Optional<Flavour> of(String type) {
    for (Flavour each : values()) {
      if (each.type.equalsIgnoreCase(type)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }
}
