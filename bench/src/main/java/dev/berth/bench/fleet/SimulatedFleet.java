package dev.berth.bench.fleet;

import dev.berth.client.ControllerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Many simulated agents in this process, with a handful of threads for all of them.
public final class SimulatedFleet implements AutoCloseable {
  private final Connections connections;
  private final FleetTally tally = new FleetTally();
  private final List<SimulatedAgent> agents = new ArrayList<>();
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().daemon().name("fleet-timer").factory());

  /// A fleet that has not dialled yet.
  ///
  /// @param controller whom all dial
  /// @param identities of the nodes, at least one, all of the same cluster
  /// @param seed of everything that is random
  public SimulatedFleet(
      ControllerAddress controller,
      List<NodeIdentity> identities,
      RuntimeScript script,
      long seed) {
    this.connections = new Connections(controller);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    SplittableRandom random = new SplittableRandom(seed);
    RememberedTrust trust = new RememberedTrust(identities.getFirst().authority());
    for (NodeIdentity identity : identities) {
      agents.add(
          new SimulatedAgent(
              identity,
              Connections.tls(identity, trust),
              connections,
              script,
              random.split(),
              this::after,
              tally));
    }
  }

  /// Lets all agents dial, evenly over a time.
  public void start(Duration ramp) {
    for (int i = 0; i < agents.size(); i++) {
      after(ramp.toMillis() * i / agents.size(), agents.get(i)::dial);
    }
  }

  private void after(long millis, Runnable task) {
    if (!timer.isShutdown()) {
      var _ = timer.schedule(task, millis, TimeUnit.MILLISECONDS);
    }
  }

  /// All agents, by index of their identity.
  public List<SimulatedAgent> agents() {
    return List.copyOf(agents);
  }

  /// Agents whose session has got its complete set.
  public int inSync() {
    return tally.inSync.get();
  }

  /// Instances that run and that the controller knows to run.
  public long running() {
    return tally.running.get();
  }

  /// How often programs were started so far.
  public long starts() {
    return tally.starts.get();
  }

  /// How many sessions were welcomed so far.
  public long sessions() {
    return tally.sessions.get();
  }

  /// How many heartbeats were acknowledged so far.
  public long heartbeats() {
    return tally.heartbeats.get();
  }

  /// Ends all agents.
  @Override
  public void close() {
    timer.shutdownNow();
    agents.forEach(SimulatedAgent::close);
    connections.close();
  }
}
