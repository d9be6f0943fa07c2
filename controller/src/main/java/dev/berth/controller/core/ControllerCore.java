package dev.berth.controller.core;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.Now;
import dev.berth.controller.core.reconcile.NodeLifecycle;
import dev.berth.controller.core.reconcile.WorkloadReconciler;
import dev.berth.controller.core.schedule.Scheduler;
import java.util.List;
import java.util.random.RandomGenerator;

/// Decides what follows from events, a turn at a time. Pure: state, events, time and randomness go
/// in, a decision comes out, and the same input gives the same decision. What it remembers from one
/// turn to the next is derived from the state and only saves working it out again.
public final class ControllerCore {
  private final Turn.Parts parts;

  /// A core with the default placement policy.
  public ControllerCore(CoreSettings settings) {
    this.parts =
        new Turn.Parts(
            new Sessions(settings),
            new NodeLifecycle(settings.suspectMillis(), settings.lostMillis()),
            new Reconciliation(new WorkloadReconciler(settings.fenceMillis()), new Scheduler()));
  }

  /// Begins a turn: hand it events, then end it.
  public Turn begin(ClusterState state, Now now, RandomGenerator random) {
    return new Turn(parts, state, now, random);
  }

  /// What follows from some events in one turn. Nothing has happened yet: the caller commits the
  /// durable mutations, takes over the state and then runs the effects, in order.
  public Decision decide(
      ClusterState state, List<ClusterEvent> events, Now now, RandomGenerator random) {
    Turn turn = begin(state, now, random);
    events.forEach(turn::handle);
    return turn.end();
  }
}
