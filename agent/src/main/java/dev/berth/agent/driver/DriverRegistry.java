package dev.berth.agent.driver;

import dev.berth.spec.DriverNeeds;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Kind;
import dev.berth.v1.WorkloadSpec;
import java.util.List;
import java.util.Optional;

/// The drivers of this agent, in the order in which they are described. Several may run the same
/// kind: then the first counts most.
public final class DriverRegistry implements AutoCloseable {
  private final List<RuntimeDriver> drivers;

  /// @param drivers with distinct names
  public DriverRegistry(List<RuntimeDriver> drivers) {
    this.drivers = List.copyOf(drivers);
    if (this.drivers.stream().map(RuntimeDriver::name).distinct().count() != drivers.size()) {
      throw new IllegalArgumentException("drivers: two have the same name");
    }
  }

  /// All of them.
  public List<RuntimeDriver> all() {
    return drivers;
  }

  /// The drivers that run a kind.
  ///
  /// @param chosen the name of the only one that may; empty: all may
  public List<RuntimeDriver> of(Kind kind, String chosen) {
    return drivers.stream()
        .filter(driver -> driver.kind() == kind)
        .filter(driver -> chosen.isEmpty() || chosen.equals(driver.name()))
        .toList();
  }

  /// The driver that is to run something new: the first one that may, can be used now and has what
  /// the spec needs. When there is no such driver, the first one that may: it will say what it
  /// waits for, or what is wrong.
  ///
  /// @param now what was said of the drivers last
  /// @return empty when none may
  public Optional<RuntimeDriver> choose(WorkloadSpec spec, Kind kind, List<DriverDescription> now) {
    List<RuntimeDriver> may = of(kind, DriverNeeds.chosen(spec));
    if (may.size() < 2) {
      return may.stream().findFirst();
    }
    return may.stream()
        .filter(driver -> now.stream().anyMatch(said -> fits(driver, spec, said)))
        .findFirst()
        .or(() -> may.stream().findFirst());
  }

  private static boolean fits(RuntimeDriver driver, WorkloadSpec spec, DriverDescription said) {
    return said.getName().equals(driver.name())
        && said.getAvailable()
        && DriverNeeds.lack(spec, said.getCapabilitiesList()).isEmpty();
  }

  /// The driver of a handle.
  public Optional<RuntimeDriver> named(String name) {
    return drivers.stream().filter(driver -> driver.name().equals(name)).findFirst();
  }

  /// What every driver says of its runtime.
  public List<DriverReport> describe() {
    return drivers.stream().map(RuntimeDriver::describe).toList();
  }

  @Override
  public void close() {
    drivers.forEach(RuntimeDriver::close);
  }
}
