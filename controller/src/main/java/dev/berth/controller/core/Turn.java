package dev.berth.controller.core;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.Now;
import dev.berth.controller.core.model.Wakeup;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.controller.core.reconcile.NodeLifecycle;
import dev.berth.v1.NodeState;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Some events that are decided together: each sees what those before it changed, and then, once
/// for all of them, workloads are reconciled, slots placed, agents told and requests answered. So
/// a burst of events costs each workload one reconciliation and each agent one message.
public final class Turn {
  private final Parts parts;
  private final ClusterState before;
  private final Draft draft;
  private final List<Answer> answers = new ArrayList<>();

  /// What turns are made with.
  record Parts(Sessions sessions, NodeLifecycle lifecycle, Reconciliation reconciliation) {}

  private record Answer(long requestId, Reply reply) {}

  Turn(Parts parts, ClusterState state, Now now, RandomGenerator random) {
    this.parts = parts;
    this.before = state;
    this.draft = new Draft(state, parts.reconciliation().fleet(), now, random);
  }

  /// Decides one event, but for what is done once at the end.
  public void handle(ClusterEvent event) {
    switch (event) {
      case ClusterEvent.Request request ->
          answers.add(new Answer(request.requestId(), handle(request)));
      case ClusterEvent.FromSession said -> handle(said);
      case ClusterEvent.LeadershipBegan _ -> began();
      case ClusterEvent.Tick _ -> elapsed();
    }
  }

  /// What follows from all events together.
  public Decision end() {
    parts.reconciliation().settle(draft);
    Vacating.settle(draft);
    Assignments.sendChanges(draft, before);
    draft.greeted().forEach(node -> Assignments.sendAll(draft, node));
    for (Answer answer : answers) {
      draft.effect(new Effect.Complete(answer.requestId(), answer.reply().outcome(draft.state())));
    }
    return draft.done();
  }

  private Reply handle(ClusterEvent.Request request) {
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
      case ClusterEvent.DrainNode e -> NodeCare.drain(draft, e.request());
      case ClusterEvent.FenceNode e -> NodeCare.fence(draft, e.request());
      case ClusterEvent.CreateNamespace e -> NamespaceRequests.create(draft, e.request());
      case ClusterEvent.UpdateNamespace e -> NamespaceRequests.update(draft, e.request());
      case ClusterEvent.DeleteNamespace e -> NamespaceRequests.delete(draft, e.request());
      case ClusterEvent.SetRegistryLogin e -> LoginRequests.set(draft, e);
      case ClusterEvent.RemoveRegistryLogin e -> LoginRequests.remove(draft, e);
      case ClusterEvent.CreateToken e -> TokenRequests.create(draft, e);
      case ClusterEvent.RevokeToken e -> TokenRequests.revoke(draft, e.request());
      case ClusterEvent.EnrollNode e -> TokenRequests.enroll(draft, e);
      case ClusterEvent.RecordCertificate e -> NodeRequests.certified(draft, e);
    };
  }

  private void handle(ClusterEvent.FromSession said) {
    Sessions sessions = parts.sessions();
    switch (said) {
      case ClusterEvent.SessionOpened e -> sessions.opened(draft, e);
      case ClusterEvent.SessionClosed e -> sessions.closed(draft, e);
      case ClusterEvent.HeartbeatReceived e -> sessions.heartbeat(draft, e);
      case ClusterEvent.StatusReported e -> sessions.reported(draft, e);
      case ClusterEvent.DescriptionChanged e -> sessions.described(draft, e);
      case ClusterEvent.NoticeReceived e -> sessions.noticed(draft, e);
    }
  }

  /// A new leader drops what a half-finished deletion may have left, and looks at everything.
  private void began() {
    for (InstanceRecord instance : List.copyOf(draft.state().instances().values())) {
      WorkloadRecord workload = draft.state().workload(instance.workload());
      if (workload == null
          || !workload.message().getUid().equals(instance.message().getWorkloadUid())) {
        draft.apply(new Mutation.RemoveInstance(instance.id(), instance.node()));
      }
    }
    draft.state().workloads().keySet().forEach(draft::reconcile);
  }

  private void elapsed() {
    for (NodeRecord node :
        parts.lifecycle().elapsed(draft.state(), draft.now().monotonicMillis())) {
      NodeRecord was = draft.state().node(node.name());
      draft.apply(new Mutation.ObserveNode(node));
      if (was == null || was.state() == node.state()) {
        continue;
      }
      boolean lost = node.state() == NodeState.NODE_STATE_LOST;
      if (lost) {
        for (InstanceRecord instance : draft.state().usage(node.name()).instances().values()) {
          draft.reconcile(instance.workload());
        }
      }
      draft.warn(
          lost ? "NodeLost" : "NodeSuspect",
          "Node " + node.name() + ": " + node.liveness().note(),
          Draft.aboutNode(node.name()));
      if (lost && was.isConnected()) {
        draft.effect(
            new Effect.CloseSession(
                node.name(),
                was.liveness().session().id(),
                new Refusal(
                    RefusalCode.UNAVAILABLE,
                    "the node was silent for too long and counts as lost; open a new session")));
      }
    }
    TokenRequests.expire(draft);
    for (Wakeup wakeup : draft.state().wakeups()) {
      if (wakeup.atMillis() > draft.now().monotonicMillis()) {
        break;
      }
      draft.reconcile(wakeup.workload());
    }
  }
}
