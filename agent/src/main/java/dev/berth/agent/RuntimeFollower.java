package dev.berth.agent;

import dev.berth.agent.driver.Listing;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.driver.RuntimeListener;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.WakeUp;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows one runtime: passes its news on and lists everything whenever news may have been missed,
/// again and again until a listing is complete.
final class RuntimeFollower implements RuntimeListener, Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(RuntimeFollower.class);
  private static final long RETRY_MIN_MILLIS = 500;
  private static final long RETRY_MAX_MILLIS = 10_000;

  private final RuntimeDriver driver;
  private final Predicate<AgentEvent> loop;
  private final Runnable availabilityChanged;
  private final AgentClock clock;
  private final WakeUp wanted;

  /// @param loop takes events; answers false when it is full
  /// @param availabilityChanged is called when the runtime went away or came back
  RuntimeFollower(
      RuntimeDriver driver,
      Predicate<AgentEvent> loop,
      Runnable availabilityChanged,
      AgentClock clock) {
    this.driver = driver;
    this.loop = loop;
    this.availabilityChanged = availabilityChanged;
    this.clock = clock;
    this.wanted = new WakeUp(clock);
  }

  @Override
  public void changed(Observation observation) {
    if (!loop.test(new AgentEvent.RuntimeNews(driver, observation))) {
      wanted.call();
    }
  }

  @Override
  public void interrupted(String reason) {
    LOG.warn("driver {}: news are interrupted: {}", driver.name(), reason);
    availabilityChanged.run();
  }

  @Override
  public void resumed() {
    wanted.call();
    availabilityChanged.run();
  }

  /// Lists whenever it is wanted, until interrupted.
  @Override
  public void run() {
    long wait = 0;
    try {
      while (true) {
        boolean asked = wait == 0 ? awaitWish() : wanted.awaitUntil(clock.millis() + wait);
        boolean listed =
            switch (driver.recover()) {
              case Listing.Complete(List<Observation> all) ->
                  loop.test(new AgentEvent.Listed(driver, all));
              case Listing.Unknown(String reason) -> {
                LOG.warn(
                    "driver {}: cannot be listed, so nothing is concluded: {}",
                    driver.name(),
                    reason);
                yield false;
              }
            };
        wait = listed ? 0 : next(asked ? 0 : wait);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean awaitWish() throws InterruptedException {
    wanted.await();
    return true;
  }

  private static long next(long wait) {
    return Math.clamp(2 * wait, RETRY_MIN_MILLIS, RETRY_MAX_MILLIS);
  }
}
