package dev.berth.agent;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.DriverRegistry;
import dev.berth.agent.driver.Listing;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.instance.Desired;
import dev.berth.agent.journal.JournalEntry;
import dev.berth.spec.WorkloadDefaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stops and removes every instance of this node, without any controller.
final class InstanceStopper {
  private static final Logger LOG = LoggerFactory.getLogger(InstanceStopper.class);

  private final DriverRegistry drivers;
  private final Map<String, Duration> graces;

  /// @param journal says how long instances may take to stop
  InstanceStopper(DriverRegistry drivers, List<JournalEntry> journal) {
    this.drivers = drivers;
    this.graces =
        journal.stream()
            .collect(
                Collectors.toMap(
                    entry -> entry.instance().getInstanceId(),
                    entry -> Desired.grace(entry.instance())));
  }

  /// Stops and removes all of them, side by side.
  ///
  /// @return whether nothing is left
  boolean run() throws InterruptedException {
    boolean clean = true;
    List<Future<Boolean>> removals = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (RuntimeDriver driver : drivers.all()) {
        switch (driver.recover()) {
          case Listing.Complete(List<Observation> all) ->
              all.forEach(each -> removals.add(threads.submit(() -> remove(driver, each))));
          case Listing.Unknown(String reason) -> {
            LOG.error("driver {}: cannot be listed: {}", driver.name(), reason);
            clean = false;
          }
        }
      }
      for (Future<Boolean> removal : removals) {
        clean &= removal.get();
      }
    } catch (ExecutionException e) {
      LOG.error("an instance could not be removed", e.getCause());
      clean = false;
    }
    LOG.info("{} instances were there; {}", removals.size(), clean ? "all are gone" : "some stay");
    return clean;
  }

  private boolean remove(RuntimeDriver driver, Observation found) {
    String id = found.handle().instanceId();
    try {
      if (found.state() instanceof RunState.Running) {
        Duration grace = graces.getOrDefault(id, WorkloadDefaults.CONTAINER_STOP_GRACE);
        Observation _ = driver.stop(found.handle(), grace);
      }
      driver.remove(found.handle());
      return true;
    } catch (DriverException e) {
      LOG.error("instance {}: {}", id, e.failure().message());
      return false;
    }
  }
}
