package dev.berth.controller.core;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.Now;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.controller.core.reconcile.NodeLifecycle;
import dev.berth.controller.core.schedule.PlacementPolicy;
import dev.berth.controller.core.schedule.Scheduler;
import dev.berth.v1.NodeState;
import java.util.List;
import java.util.random.RandomGenerator;

/// Decides what follows from an event. Pure: state, event, time and randomness go in, a decision
/// comes out, and the same input gives the same decision.
public final class ControllerCore {
  private final Sessions sessions;
  private final NodeLifecycle lifecycle;
  private final Reconciliation reconciliation;

  /// A core with the default placement policy.
  public ControllerCore(CoreSettings settings) {
    this.sessions = new Sessions(settings);
    this.lifecycle = new NodeLifecycle(settings.suspectMillis(), settings.lostMillis());
    this.reconciliation = new Reconciliation(new Scheduler(PlacementPolicy.DEFAULT));
  }

  /// What follows from `event`. Nothing has happened yet: the caller commits the durable mutations,
  /// takes over the state and then runs the effects, in order.
  public Decision decide(ClusterState state, ClusterEvent event, Now now, RandomGenerator random) {
    Draft draft = new Draft(state, now, random);
    switch (event) {
      case ClusterEvent.Request request -> {
        Reply reply = handle(draft, request);
        finish(draft, state);
        draft.effect(new Effect.Complete(request.requestId(), reply.outcome(draft.state())));
      }
      case ClusterEvent.FromSession said -> {
        handle(draft, said);
        finish(draft, state);
      }
      case ClusterEvent.LeadershipBegan _ -> {
        began(draft);
        finish(draft, state);
      }
      case ClusterEvent.Tick _ -> {
        elapsed(draft);
        finish(draft, state);
      }
    }
    return draft.done();
  }

  private static Reply handle(Draft draft, ClusterEvent.Request request) {
    return switch (request) {
      case ClusterEvent.CreateWorkload e -> WorkloadRequests.create(draft, e.request());
      case ClusterEvent.UpdateWorkload e -> WorkloadRequests.update(draft, e.request());
      case ClusterEvent.DeleteWorkload e -> WorkloadRequests.delete(draft, e.request());
      case ClusterEvent.ScaleWorkload e -> WorkloadRequests.scale(draft, e.request());
      case ClusterEvent.StopWorkload e -> SlotRequests.stop(draft, e.request());
      case ClusterEvent.StartWorkload e -> SlotRequests.start(draft, e.request());
      case ClusterEvent.RestartWorkload e -> SlotRequests.restart(draft, e.request());
      case ClusterEvent.UpdateNode e -> NodeRequests.update(draft, e.request());
      case ClusterEvent.DeleteNode e -> NodeRequests.delete(draft, e.request());
      case ClusterEvent.CreateToken e -> TokenRequests.create(draft, e);
      case ClusterEvent.RevokeToken e -> TokenRequests.revoke(draft, e.request());
      case ClusterEvent.EnrollNode e -> TokenRequests.enroll(draft, e);
    };
  }

  private void handle(Draft draft, ClusterEvent.FromSession said) {
    switch (said) {
      case ClusterEvent.SessionOpened e -> sessions.opened(draft, e);
      case ClusterEvent.SessionClosed e -> sessions.closed(draft, e);
      case ClusterEvent.HeartbeatReceived e -> sessions.heartbeat(draft, e);
      case ClusterEvent.StatusReported e -> sessions.reported(draft, e);
      case ClusterEvent.DescriptionChanged e -> sessions.described(draft, e);
    }
  }

  /// A new leader drops what a half-finished deletion may have left, and looks at everything.
  private static void began(Draft draft) {
    for (InstanceRecord instance : List.copyOf(draft.state().instances().values())) {
      WorkloadRecord workload = draft.state().workload(instance.workload());
      if (workload == null
          || !workload.message().getUid().equals(instance.message().getWorkloadUid())) {
        draft.apply(new Mutation.RemoveInstance(instance.id(), instance.node()));
      }
    }
    draft.state().workloads().keySet().forEach(draft::reconcile);
  }

  private void elapsed(Draft draft) {
    for (NodeRecord node : lifecycle.elapsed(draft.state(), draft.now().monotonicMillis())) {
      NodeRecord before = draft.state().node(node.name());
      draft.apply(new Mutation.ObserveNode(node));
      if (before == null || before.state() == node.state()) {
        continue;
      }
      boolean lost = node.state() == NodeState.NODE_STATE_LOST;
      draft.warn(
          lost ? "NodeLost" : "NodeSuspect",
          "Node " + node.name() + ": " + node.liveness().note(),
          Draft.aboutNode(node.name()));
      if (lost && before.isConnected()) {
        draft.effect(
            new Effect.CloseSession(
                node.name(),
                before.liveness().session().id(),
                new Refusal(
                    RefusalCode.UNAVAILABLE,
                    "the node was silent for too long and counts as lost; open a new session")));
      }
    }
    TokenRequests.expire(draft);
    draft.state().workloads().keySet().forEach(draft::reconcile);
  }

  private void finish(Draft draft, ClusterState before) {
    reconciliation.settle(draft);
    Assignments.sendChanges(draft, before);
    NodeRecord greeted = draft.greeted();
    if (greeted != null) {
      Assignments.sendAll(draft, greeted);
    }
  }
}
