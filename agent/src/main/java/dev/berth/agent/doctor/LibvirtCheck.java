package dev.berth.agent.doctor;

import dev.berth.v1.DriverDescription;
import java.util.List;
import java.util.Optional;

/// Whether the connection to libvirt answers.
final class LibvirtCheck implements Check {
  static final String NAME = "libvirt";

  @Override
  public List<Finding> of(Observations seen) {
    Optional<DriverDescription> driver = seen.driver(NAME);
    if (driver.isEmpty()) {
      return List.of(
          Finding.skipped(NAME, "this agent runs no virtual machines (its libvirt-uri is none)"));
    }
    return List.of(
        driver.get().getAvailable()
            ? Finding.ok(NAME, "the connection answers; version " + driver.get().getVersion())
            : Finding.problem(NAME, driver.get().getMessage(), "systemctl restart libvirtd"));
  }
}
