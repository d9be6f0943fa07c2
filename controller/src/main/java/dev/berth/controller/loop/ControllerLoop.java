package dev.berth.controller.loop;

import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.CoreSettings;
import dev.berth.controller.core.Outcome;
import dev.berth.controller.core.Refusal;
import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.store.ClusterStore;
import dev.berth.controller.store.LeaderElection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;

/// The only writer.
public final class ControllerLoop implements AutoCloseable {
  /// What the loop talks to.
  ///
  /// @param store where state survives
  /// @param election who leads
  /// @param sessions where messages to agents go
  /// @param listener follows the published state
  /// @param metrics what is measured
  public record Ports(
      ClusterStore store,
      LeaderElection election,
      SessionPort sessions,
      SnapshotListener listener,
      LoopMetrics metrics) {}

  private final String described;

  /// A loop that has not been started.
  public ControllerLoop(Ports ports, CoreSettings settings) {
    this.described = ports + " " + settings;
  }

  /// Starts to campaign for leadership.
  public void start() {}

  /// Hands in a request and answers when it is durable or refused; never completes exceptionally.
  /// Refuses at once with
  /// UNAVAILABLE when this controller does not lead and RESOURCE_EXHAUSTED when too much waits.
  ///
  /// @param event makes the event from the request id that the loop chose
  public CompletableFuture<Outcome> request(LongFunction<ClusterEvent.Request> event) {
    return CompletableFuture.completedFuture(
        new Outcome.Refused(new Refusal(RefusalCode.UNAVAILABLE, described + event)));
  }

  /// Hands in an event from a session.
  ///
  /// @return false when it was not taken, because too much waits or this controller does not
  /// lead: close the session
  public boolean offer(ClusterEvent.FromSession event) {
    return event.sessionId() < 0;
  }

  /// The state as last published; empty while this controller does not lead.
  public Optional<Snapshot> snapshot() {
    return Optional.empty();
  }

  /// Stops, gives up the leadership and waits until that is done, at most a few seconds. The
  /// ports are not closed.
  @Override
  public void close() {}
}
