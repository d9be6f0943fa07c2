package dev.berth.controller.core;

import dev.berth.v1.AssignedInstance;
import dev.berth.v1.DesiredState;
import dev.berth.v1.Hello;
import dev.berth.v1.InstanceReport;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.Node;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.StatusReport;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A host whose agent does what it is told, and whose containers live on whatever happens to the
/// agent's session.
final class SimulatedNode {
  private final CoreWorld world;
  private final Node identity;
  private final NodeDescription description;
  private final Queue<OpenSessionResponse> inbox = new ArrayDeque<>();

  /// What the agent was told to run, by instance.
  final SortedMap<String, AssignedInstance> assigned = new TreeMap<>();

  /// What the agent says of each instance it knows.
  final SortedMap<String, InstanceStatus> statuses = new TreeMap<>();

  /// Containers that live on this host, with what they run.
  final SortedMap<String, AssignedInstance> containers = new TreeMap<>();

  private final SortedSet<String> unreported = new TreeSet<>();
  private long session;
  private long heartbeats;
  private long reports;
  private long revision;
  private boolean muted;
  private @Nullable Refusal lastRefusal;

  SimulatedNode(CoreWorld world, Node identity, NodeDescription description) {
    this.world = world;
    this.identity = identity;
    this.description = description;
  }

  String name() {
    return identity.getName();
  }

  boolean isConnected() {
    return session != 0;
  }

  boolean isHeard() {
    return session != 0 && !muted;
  }

  long session() {
    return session;
  }

  @Nullable Refusal lastRefusal() {
    return lastRefusal;
  }

  Hello.Builder hello() {
    Hello.Builder hello =
        Hello.newBuilder()
            .setNode(name())
            .setNodeUid(identity.getUid())
            .setClusterUid(world.state().clusterUid())
            .setHighestEpoch(world.state().epoch())
            .setDescription(description);
    statuses.forEach((id, status) -> hello.addInstances(report(id, status)));
    return hello;
  }

  void connect() {
    connect(hello());
  }

  void connect(Hello.Builder hello) {
    session = world.nextSession();
    heartbeats = 0;
    reports = 0;
    muted = false;
    inbox.clear();
    unreported.clear();
    world.decide(new ClusterEvent.SessionOpened(session, name(), hello.build()));
  }

  /// The session breaks and the controller notices.
  void disconnect() {
    long broken = session;
    dropped();
    if (broken != 0) {
      world.decide(new ClusterEvent.SessionClosed(broken, name(), "test"));
    }
  }

  /// The session is gone, and nobody tells the controller.
  void dropped() {
    session = 0;
    inbox.clear();
  }

  /// The host goes silent with its session open.
  void mute() {
    muted = true;
  }

  void closed(long sessionId, Refusal refusal) {
    lastRefusal = refusal;
    if (sessionId == session) {
      dropped();
    }
  }

  void receive(long sessionId, OpenSessionResponse message) {
    boolean matters = message.hasAssignments() || message.hasAssignmentChange();
    if (sessionId == session && !muted && matters) {
      inbox.add(message);
    }
  }

  void heartbeat() {
    if (session != 0 && !muted) {
      world.decide(new ClusterEvent.HeartbeatReceived(session, name(), ++heartbeats));
    }
  }

  /// Takes one message or moves each instance one step; true when something happened.
  boolean work() {
    OpenSessionResponse message = inbox.poll();
    if (message != null) {
      take(message);
      return true;
    }
    if (session == 0 || muted) {
      return false;
    }
    for (String id : new ArrayList<>(statuses.keySet())) {
      step(id);
    }
    return flush();
  }

  private void take(OpenSessionResponse message) {
    if (message.hasAssignments()) {
      assigned.clear();
      message.getAssignments().getInstancesList().forEach(this::assign);
      revision = message.getAssignments().getRevision();
      for (String id : new ArrayList<>(statuses.keySet())) {
        if (!assigned.containsKey(id)) {
          forget(id);
        }
      }
    } else if (message.hasAssignmentChange()) {
      if (message.getAssignmentChange().getAppliesTo() != revision) {
        throw new AssertionError("has " + revision + ", got " + message);
      }
      revision = message.getAssignmentChange().getResultsIn();
      message.getAssignmentChange().getChangedList().forEach(this::assign);
      message.getAssignmentChange().getRemovedList().forEach(this::forget);
    }
  }

  private void assign(AssignedInstance instance) {
    assigned.put(instance.getInstanceId(), instance);
    InstanceStatus known = statuses.get(instance.getInstanceId());
    if (known == null || known.getStartGeneration() < instance.getStartGeneration()) {
      statuses.put(
          instance.getInstanceId(),
          InstanceStatus.newBuilder()
              .setState(InstanceState.INSTANCE_STATE_ASSIGNED)
              .setStartGeneration(instance.getStartGeneration())
              .build());
    }
  }

  private void forget(String id) {
    assigned.remove(id);
    statuses.remove(id);
    containers.remove(id);
    unreported.remove(id);
  }

  private void step(String id) {
    AssignedInstance instance = assigned.get(id);
    InstanceStatus status = statuses.get(id);
    if (instance == null || status == null || status.getStateValue() >= COMPLETE) {
      return;
    }
    boolean run = instance.getDesiredState() == DesiredState.DESIRED_STATE_RUN;
    switch (status.getState()) {
      case INSTANCE_STATE_ASSIGNED ->
          say(id, run ? InstanceState.INSTANCE_STATE_STARTING : STOPPED);
      case INSTANCE_STATE_STARTING -> {
        if (run) {
          containers.put(id, instance);
        }
        say(id, run ? InstanceState.INSTANCE_STATE_RUNNING : STOPPED);
      }
      case INSTANCE_STATE_RUNNING -> {
        if (!run) {
          containers.remove(id);
          say(id, STOPPED);
        } else if (status.getResourcesRevision() != instance.getWorkloadRevision()) {
          // It changes nothing but the size of what runs.
          statuses.put(
              id, status.toBuilder().setResourcesRevision(instance.getWorkloadRevision()).build());
          unreported.add(id);
        }
      }
      default -> {}
    }
  }

  private static final InstanceState STOPPED = InstanceState.INSTANCE_STATE_STOPPED;
  private static final int COMPLETE = InstanceState.INSTANCE_STATE_COMPLETE_VALUE;

  /// A running program ends.
  void end(String id, InstanceState how) {
    containers.remove(id);
    say(id, how);
  }

  void say(String id, InstanceState state) {
    InstanceStatus before = statuses.getOrDefault(id, InstanceStatus.getDefaultInstance());
    statuses.put(
        id, status(state).toBuilder().setStartGeneration(before.getStartGeneration()).build());
    unreported.add(id);
  }

  /// Ids of instances that run here.
  List<String> running() {
    return containers.keySet().stream()
        .filter(id -> statuses.get(id) != null && statuses.get(id).getStateValue() == 5)
        .toList();
  }

  private boolean flush() {
    if (unreported.isEmpty()) {
      return false;
    }
    StatusReport.Builder report = StatusReport.newBuilder().setSequence(++reports);
    for (String id : unreported) {
      InstanceStatus status = statuses.get(id);
      if (status != null) {
        report.addInstances(report(id, status));
      }
    }
    unreported.clear();
    world.decide(new ClusterEvent.StatusReported(session, name(), report.build()));
    return true;
  }

  /// Reports something by hand.
  void report(InstanceReport... instances) {
    world.decide(
        new ClusterEvent.StatusReported(
            session,
            name(),
            StatusReport.newBuilder()
                .setSequence(++reports)
                .addAllInstances(List.of(instances))
                .build()));
  }

  static InstanceReport report(String id, InstanceStatus status) {
    return InstanceReport.newBuilder().setInstanceId(id).setStatus(status).build();
  }

  static InstanceStatus status(InstanceState state) {
    return InstanceStatus.newBuilder().setState(state).build();
  }
}
