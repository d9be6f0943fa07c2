package dev.berth.controller.core;

import dev.berth.controller.core.ClusterEvent.DescriptionChanged;
import dev.berth.controller.core.ClusterEvent.HeartbeatReceived;
import dev.berth.controller.core.ClusterEvent.NoticeReceived;
import dev.berth.controller.core.ClusterEvent.SessionClosed;
import dev.berth.controller.core.ClusterEvent.SessionOpened;
import dev.berth.controller.core.ClusterEvent.StatusReported;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.NodeRecord.Liveness;
import dev.berth.controller.core.model.NodeRecord.Session;
import dev.berth.spec.Durations;
import dev.berth.v1.Hello;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.NodeState;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.StatusReport;
import dev.berth.v1.Welcome;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The controller's side of agents' sessions.
final class Sessions {
  private static final int DESCRIPTION_BYTES_MAX = 256 << 10;
  private static final int REPORTS_MAX = 1_000;

  /// What a controller that has just started can welcome (docs/benchmarks.md).
  private static final int DIALS_PER_SECOND = 400;

  private final CoreSettings settings;

  Sessions(CoreSettings settings) {
    this.settings = settings;
  }

  void opened(Draft draft, SessionOpened event) {
    Hello hello = event.hello();
    NodeRecord node = draft.state().node(event.node());
    Refusal refusal = refusal(draft, event, node);
    if (refusal != null || node == null) {
      close(draft, event.node(), event.sessionId(), refusal);
      return;
    }
    long before = node.liveness().session().id();
    if (before != 0) {
      close(
          draft,
          event.node(),
          before,
          new Refusal(RefusalCode.ABORTED, "a newer session of this node took over"));
    }
    if (node.isFenced()) {
      node = NodeRequests.changed(node, node.message().toBuilder().clearFenceTime());
      draft.apply(new Mutation.PutNode(node));
    }
    boolean wasReady = node.state() == NodeState.NODE_STATE_READY;
    Session session =
        node.liveness()
            .session()
            .followedBy(event.sessionId(), settings.heartbeatMillis(draft.state().nodes().size()));
    NodeRecord heard = describe(draft, heard(draft, node, session), hello.getDescription());
    draft.effect(
        new Effect.Send(
            event.node(),
            event.sessionId(),
            OpenSessionResponse.newBuilder().setWelcome(welcome(draft, session)).build()));
    Refusal wrong = StatusReports.accept(draft, heard.name(), hello.getInstancesList());
    if (wrong != null) {
      end(draft, event.node(), event.sessionId(), wrong);
      return;
    }
    StatusReports.vanished(draft, heard.name(), hello);
    if (!wasReady) {
      draft.info("NodeReady", "Node " + event.node() + " is heard.", Draft.aboutNode(event.node()));
    }
    draft.greet(event.node());
    draft.roomMade();
    reconcileAll(draft, event.node());
  }

  /// What waited for the node can go on.
  private static void reconcileAll(Draft draft, String node) {
    for (InstanceRecord instance : draft.state().usage(node).instances().values()) {
      draft.reconcile(instance.workload());
    }
  }

  private @Nullable Refusal refusal(Draft draft, SessionOpened event, @Nullable NodeRecord node) {
    Hello hello = event.hello();
    if (node == null || !node.message().getUid().equals(hello.getNodeUid())) {
      return new Refusal(
          RefusalCode.PERMISSION_DENIED,
          "node %s is not registered under this identity; join again with a new token"
              .formatted(event.node()));
    }
    if (!hello.getNode().equals(event.node())) {
      return new Refusal(
          RefusalCode.PERMISSION_DENIED,
          "the certificate of node %s does not speak for another one".formatted(event.node()));
    }
    if (!hello.getClusterUid().equals(draft.state().clusterUid())) {
      return new Refusal(
          RefusalCode.FAILED_PRECONDITION,
          "cluster_uid: value: \"%s\" (expected: \"%s\"); the agent joined another cluster"
              .formatted(hello.getClusterUid(), draft.state().clusterUid()));
    }
    if (Long.compareUnsigned(hello.getHighestEpoch(), draft.state().epoch()) > 0) {
      return new Refusal(
          RefusalCode.FAILED_PRECONDITION,
          "highest_epoch: value: %s (expected: at most %d); this controller is out of date"
              .formatted(Long.toUnsignedString(hello.getHighestEpoch()), draft.state().epoch()));
    }
    if (node.liveness().session().id() > event.sessionId()) {
      return new Refusal(RefusalCode.ABORTED, "a newer session of this node took over");
    }
    return tooLarge(hello.getDescription());
  }

  private static @Nullable Refusal tooLarge(NodeDescription description) {
    int bytes = description.getSerializedSize();
    return bytes <= DESCRIPTION_BYTES_MAX
        ? null
        : new Refusal(
            RefusalCode.FAILED_PRECONDITION,
            "description: %d bytes (expected: at most %d)".formatted(bytes, DESCRIPTION_BYTES_MAX));
  }

  /// None where a second is enough for all.
  private static long dialSpreadSeconds(Draft draft) {
    return draft.state().nodes().size() / DIALS_PER_SECOND;
  }

  private Welcome welcome(Draft draft, Session session) {
    return Welcome.newBuilder()
        .setTakesNotices(true)
        .setEpoch(draft.state().epoch())
        .setClusterUid(draft.state().clusterUid())
        .setHeartbeatInterval(Durations.toProto(Duration.ofMillis(session.heartbeatMillis())))
        .setLostTimeout(Durations.toProto(Duration.ofMillis(settings.lostMillis())))
        .setFenceTimeout(Durations.toProto(Duration.ofMillis(settings.fenceMillis())))
        .setDialSpread(Durations.toProto(Duration.ofSeconds(dialSpreadSeconds(draft))))
        .build();
  }

  void closed(Draft draft, SessionClosed event) {
    NodeRecord node = current(draft, event.node(), event.sessionId());
    if (node != null) {
      draft.apply(
          new Mutation.ObserveNode(
              node.with(node.liveness().with(node.liveness().session().ended()))));
    }
  }

  void heartbeat(Draft draft, HeartbeatReceived event) {
    NodeRecord node = current(draft, event.node(), event.sessionId());
    if (node == null) {
      return;
    }
    Session session = node.liveness().session();
    if (Long.compareUnsigned(event.sequence(), session.heartbeats()) <= 0) {
      end(
          draft,
          event.node(),
          event.sessionId(),
          new Refusal(
              RefusalCode.FAILED_PRECONDITION,
              "heartbeat.sequence: value: %s (expected: more than %s)"
                  .formatted(
                      Long.toUnsignedString(event.sequence()),
                      Long.toUnsignedString(session.heartbeats()))));
      return;
    }
    hear(draft, node, session.beaten(event.sequence()));
    draft.effect(
        new Effect.Send(
            event.node(),
            event.sessionId(),
            OpenSessionResponse.newBuilder().setHeartbeatAck(event.sequence()).build()));
  }

  void reported(Draft draft, StatusReported event) {
    NodeRecord node = current(draft, event.node(), event.sessionId());
    if (node == null) {
      return;
    }
    StatusReport report = event.report();
    Session session = node.liveness().session();
    Refusal wrong = null;
    if (report.getSequence() != session.reports() + 1) {
      wrong =
          new Refusal(
              RefusalCode.FAILED_PRECONDITION,
              "status_report.sequence: value: %s (expected: %s)"
                  .formatted(
                      Long.toUnsignedString(report.getSequence()),
                      Long.toUnsignedString(session.reports() + 1)));
    } else if (report.getInstancesCount() > REPORTS_MAX) {
      wrong =
          new Refusal(
              RefusalCode.FAILED_PRECONDITION,
              "status_report.instances: %d items (expected: at most %d)"
                  .formatted(report.getInstancesCount(), REPORTS_MAX));
    } else {
      wrong = StatusReports.accept(draft, event.node(), report.getInstancesList());
    }
    if (wrong != null) {
      end(draft, event.node(), event.sessionId(), wrong);
      return;
    }
    hear(draft, node, session.reported(report.getSequence()));
    draft.effect(
        new Effect.Send(
            event.node(),
            event.sessionId(),
            OpenSessionResponse.newBuilder().setStatusAck(report.getSequence()).build()));
  }

  void described(Draft draft, DescriptionChanged event) {
    NodeRecord node = current(draft, event.node(), event.sessionId());
    if (node == null) {
      return;
    }
    Refusal wrong = tooLarge(event.description());
    if (wrong != null) {
      end(draft, event.node(), event.sessionId(), wrong);
      return;
    }
    describe(draft, heard(draft, node, node.liveness().session()), event.description());
    draft.roomMade();
  }

  void noticed(Draft draft, NoticeReceived event) {
    if (current(draft, event.node(), event.sessionId()) == null) {
      return;
    }
    String message = "Node " + event.node() + ": " + event.notice().getMessage();
    if (event.notice().getWarning()) {
      draft.warn(event.notice().getReason(), message, Draft.aboutNode(event.node()));
    } else {
      draft.info(event.notice().getReason(), message, Draft.aboutNode(event.node()));
    }
  }

  /// The node of a live session; null when the session is not the node's present one.
  private static @Nullable NodeRecord current(Draft draft, String name, long sessionId) {
    NodeRecord node = draft.state().node(name);
    return node != null && node.liveness().session().id() == sessionId ? node : null;
  }

  private static NodeRecord heard(Draft draft, NodeRecord node, Session session) {
    return node.with(
        new Liveness(
            NodeState.NODE_STATE_READY,
            "",
            draft.now().monotonicMillis(),
            draft.now().timestamp(),
            session));
  }

  private static void hear(Draft draft, NodeRecord node, Session session) {
    draft.apply(new Mutation.ObserveNode(heard(draft, node, session)));
    if (node.state() != NodeState.NODE_STATE_READY) {
      draft.info(
          "NodeReady", "Node " + node.name() + " is heard again.", Draft.aboutNode(node.name()));
      draft.roomMade();
    }
  }

  private static NodeRecord describe(Draft draft, NodeRecord node, NodeDescription description) {
    if (description.equals(node.message().getDescription())) {
      draft.apply(new Mutation.ObserveNode(node));
      return node;
    }
    NodeRecord described =
        NodeRequests.changed(node, node.message().toBuilder().setDescription(description));
    draft.apply(new Mutation.PutNode(described));
    return described;
  }

  private static void end(Draft draft, String name, long sessionId, Refusal refusal) {
    NodeRecord node = current(draft, name, sessionId);
    if (node != null) {
      draft.apply(
          new Mutation.ObserveNode(
              node.with(node.liveness().with(node.liveness().session().ended()))));
    }
    close(draft, name, sessionId, refusal);
  }

  private static void close(Draft draft, String name, long sessionId, @Nullable Refusal refusal) {
    Refusal why =
        refusal != null
            ? refusal
            : new Refusal(RefusalCode.PERMISSION_DENIED, "the node is not registered");
    draft.effect(new Effect.CloseSession(name, sessionId, why));
    if (why.code() == RefusalCode.PERMISSION_DENIED
        || why.code() == RefusalCode.FAILED_PRECONDITION) {
      draft.warn("SessionRefused", why.message(), Draft.aboutNode(name));
    }
  }
}
