package dev.berth.agent;

import dev.berth.agent.driver.DriverRegistry;
import dev.berth.agent.port.FactsSource;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.NodeDescription;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Keeps the description of the host fresh: looks again every few seconds, and at once when a
/// runtime went away or came back.
final class NodeDescriber implements Runnable {
  private static final long EVERY_SECONDS = 10;

  private final FactsSource facts;
  private final DriverRegistry drivers;
  private final Supplier<Optional<String>> problem;
  private final Consumer<NodeDescription> changed;
  private final Semaphore wanted = new Semaphore(0);
  private volatile NodeDescription latest;

  /// Looks for the first time.
  ///
  /// @param problem why no new instance can be taken; empty when they can
  /// @param changed is told a description that differs from the one before
  NodeDescriber(
      FactsSource facts,
      DriverRegistry drivers,
      Supplier<Optional<String>> problem,
      Consumer<NodeDescription> changed) {
    this.facts = facts;
    this.drivers = drivers;
    this.problem = problem;
    this.changed = changed;
    this.latest = look();
  }

  NodeDescription latest() {
    return latest;
  }

  /// Looks again soon.
  void refresh() {
    wanted.release();
  }

  @Override
  public void run() {
    try {
      while (true) {
        boolean _ = wanted.tryAcquire(EVERY_SECONDS, TimeUnit.SECONDS);
        wanted.drainPermits();
        NodeDescription now = look();
        if (!now.equals(latest)) {
          latest = now;
          changed.accept(now);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private NodeDescription look() {
    NodeDescription description = facts.describe(drivers.describe());
    Optional<String> trouble = problem.get();
    if (trouble.isEmpty()) {
      return description;
    }
    NodeDescription.Builder closed = description.toBuilder();
    for (DriverDescription.Builder driver : closed.getDriversBuilderList()) {
      driver.setAvailable(false).setMessage(trouble.get());
    }
    return closed.build();
  }
}
