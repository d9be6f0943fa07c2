package dev.berth.agent.doctor;

import dev.berth.v1.DriverDescription;
import java.util.List;

/// Whether the connections to libvirt answer.
final class LibvirtCheck implements Check {
  static final String NAME = "libvirt";

  @Override
  public List<Finding> of(Observations seen) {
    List<DriverDescription> drivers = seen.drivers(NAME);
    if (drivers.isEmpty()) {
      return List.of(
          Finding.skipped(NAME, "this agent runs no virtual machines (its libvirt-uri is none)"));
    }
    return drivers.stream().map(LibvirtCheck::finding).toList();
  }

  private static Finding finding(DriverDescription driver) {
    String which = driver.getName().equals(NAME) ? "" : driver.getName() + ": ";
    return driver.getAvailable()
        ? Finding.ok(NAME, which + "the connection answers; version " + driver.getVersion())
        : Finding.problem(NAME, which + driver.getMessage(), "systemctl restart libvirtd");
  }
}
