package dev.berth.agent.driver;

import dev.berth.v1.Kind;
import java.util.List;
import java.util.Optional;

/// The drivers of this agent, in the order in which they are described.
public final class DriverRegistry implements AutoCloseable {
  private final List<RuntimeDriver> drivers;

  /// @param drivers with distinct names and kinds
  public DriverRegistry(List<RuntimeDriver> drivers) {
    this.drivers = List.copyOf(drivers);
    if (this.drivers.stream().map(RuntimeDriver::name).distinct().count() != drivers.size()
        || this.drivers.stream().map(RuntimeDriver::kind).distinct().count() != drivers.size()) {
      throw new IllegalArgumentException("drivers: two have the same name or kind");
    }
  }

  /// All of them.
  public List<RuntimeDriver> all() {
    return drivers;
  }

  /// The driver that runs a kind.
  public Optional<RuntimeDriver> forKind(Kind kind) {
    return drivers.stream().filter(driver -> driver.kind() == kind).findFirst();
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
