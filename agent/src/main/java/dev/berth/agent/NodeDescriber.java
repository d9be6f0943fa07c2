package dev.berth.agent;

import dev.berth.agent.driver.DriverRegistry;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.FactsSource;
import dev.berth.agent.port.WakeUp;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.NodeDescription;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Keeps the description of the host fresh: looks again every few seconds, and at once when a
/// runtime went away or came back.
final class NodeDescriber implements Runnable {
  private static final long EVERY_MILLIS = 10_000;

  private final FactsSource facts;
  private final DriverRegistry drivers;
  private final Supplier<Optional<String>> problem;
  private final Predicate<String> listed;
  private final Consumer<NodeDescription> changed;
  private final AgentClock clock;
  private final WakeUp wanted;
  private volatile NodeDescription latest;

  /// Looks for the first time.
  ///
  /// @param problem why no new instance can be taken; empty when they can
  /// @param listed whether a driver's runtime was listed completely: until then, the list of
  ///     instances in a hello proves nothing, and the driver is described as not available
  /// @param changed is told a description that differs from the one before
  NodeDescriber(
      FactsSource facts,
      DriverRegistry drivers,
      Supplier<Optional<String>> problem,
      Predicate<String> listed,
      Consumer<NodeDescription> changed,
      AgentClock clock) {
    this.facts = facts;
    this.drivers = drivers;
    this.problem = problem;
    this.listed = listed;
    this.changed = changed;
    this.clock = clock;
    this.wanted = new WakeUp(clock);
    this.latest = look();
  }

  /// The last description, with what is known of listings right now.
  NodeDescription latest() {
    return masked(latest);
  }

  /// Looks again soon.
  void refresh() {
    wanted.call();
  }

  @Override
  public void run() {
    NodeDescription told = NodeDescription.getDefaultInstance();
    try {
      while (true) {
        boolean _ = wanted.awaitUntil(clock.millis() + EVERY_MILLIS);
        latest = look();
        NodeDescription now = masked(latest);
        if (!now.equals(told)) {
          told = now;
          changed.accept(now);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private NodeDescription look() {
    return facts.describe(drivers.describe());
  }

  private NodeDescription masked(NodeDescription description) {
    Optional<String> trouble = problem.get();
    NodeDescription.Builder masked = description.toBuilder();
    for (DriverDescription.Builder driver : masked.getDriversBuilderList()) {
      if (trouble.isPresent()) {
        driver.setAvailable(false).setMessage(trouble.get());
      } else if (driver.getAvailable() && !listed.test(driver.getName())) {
        driver.setAvailable(false).setMessage("its instances have not been listed yet");
      }
    }
    return masked.build();
  }
}
