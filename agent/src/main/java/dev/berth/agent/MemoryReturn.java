package dev.berth.agent;

import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import dev.berth.v1.InstanceStatus;

/// Gives memory back to the host when a burst of work is over. The collector lets the heap grow
/// while instances come and go and streams carry much, and would keep it so for as long as nothing
/// else happens; one collection of some twenty milliseconds, when nobody waits for anything, makes
/// it small again.
final class MemoryReturn implements Runnable {
  /// How long no instance may have changed and no stream ended.
  static final long QUIET_MILLIS = 10_000;

  private final AgentClock clock;
  private final Runnable collection;
  private volatile long changedMillis;
  private volatile boolean due;

  /// @param collection makes the heap small
  MemoryReturn(AgentClock clock, Runnable collection) {
    this.clock = clock;
    this.collection = collection;
  }

  /// The same, and every report counts as work.
  AgentPorts.Reports noticing(AgentPorts.Reports reports) {
    return new AgentPorts.Reports() {
      @Override
      public void report(String instanceId, InstanceStatus status) {
        worked();
        reports.report(instanceId, status);
      }

      @Override
      public void forget(String instanceId) {
        reports.forget(instanceId);
      }
    };
  }

  /// The same, and the end of everything that runs on them counts as work.
  Threads noticing(Threads threads) {
    return (task, name) ->
        threads.start(
            () -> {
              try {
                task.run();
              } finally {
                worked();
              }
            },
            name);
  }

  private void worked() {
    changedMillis = clock.millis();
    due = true;
  }

  @Override
  public void run() {
    try {
      while (true) {
        clock.sleep(QUIET_MILLIS / 2);
        look();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Collects when it is time to.
  void look() {
    if (due && clock.millis() - changedMillis >= QUIET_MILLIS) {
      due = false;
      collection.run();
    }
  }
}
