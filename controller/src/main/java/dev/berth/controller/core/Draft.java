package dev.berth.controller.core;

import com.google.protobuf.Message;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.Now;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.schedule.Fleet;
import dev.berth.v1.Event;
import dev.berth.v1.EventSeverity;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// A decision while it is being made: never leaves the [Turn] that makes it.
final class Draft {
  private static final int MESSAGE_CHARS = 1000;

  private ClusterState state;
  private final Fleet fleet;
  private final Now now;
  private final RandomGenerator random;
  private final List<Mutation> mutations = new ArrayList<>();
  private final List<Effect> effects = new ArrayList<>();
  private final SortedSet<WorkloadKey> toReconcile = new TreeSet<>();
  private final SortedMap<String, SortedSet<String>> touched = new TreeMap<>();
  private boolean roomMade;
  private final SortedSet<String> greeted = new TreeSet<>();

  Draft(ClusterState state, Fleet fleet, Now now, RandomGenerator random) {
    this.state = state;
    this.fleet = fleet;
    fleet.standFor(state);
    this.now = now;
    this.random = random;
  }

  ClusterState state() {
    return state;
  }

  Now now() {
    return now;
  }

  RandomGenerator random() {
    return random;
  }

  void apply(Mutation mutation) {
    ClusterState before = state;
    state = mutation.applyTo(before);
    mutations.add(mutation);
    switch (mutation) {
      case Mutation.PutInstance put -> {
        touch(put.instance().node(), put.instance().id());
        followInstance(before, put.instance().id());
      }
      case Mutation.RemoveInstance removed -> {
        touch(removed.node(), removed.id());
        followInstance(before, removed.id());
        roomMade = true;
      }
      case Mutation.PutWorkload put -> fleet.followWorkload(put.workload().key(), state);
      case Mutation.RemoveWorkload removed -> fleet.followWorkload(removed.key(), state);
      case Mutation.PutNode put -> fleet.followNode(put.node().name(), state);
      case Mutation.ObserveNode observed -> fleet.followNode(observed.node().name(), state);
      case Mutation.RemoveNode removed -> fleet.followNode(removed.name(), state);
      case Mutation.PutToken _,
          Mutation.RemoveToken _,
          Mutation.ObserveInstance _,
          Mutation.PutPending _,
          Mutation.RemovePending _ ->
          fleet.followOther(state);
    }
  }

  private void followInstance(ClusterState before, String id) {
    fleet.follow(before.instance(id), state.instance(id), state);
  }

  private void touch(String node, String instance) {
    touched.computeIfAbsent(node, _ -> new TreeSet<>()).add(instance);
  }

  void effect(Effect effect) {
    effects.add(effect);
  }

  void answer(long requestId, Message answer) {
    effects.add(new Effect.Complete(requestId, new Outcome.Success(answer)));
  }

  void refuse(long requestId, Refusal refusal) {
    effects.add(new Effect.Complete(requestId, new Outcome.Refused(refusal)));
  }

  /// Asks that a workload be looked at before the decision is done.
  void reconcile(WorkloadKey key) {
    toReconcile.add(key);
  }

  /// Says that a node's new session is to get its complete set.
  void greet(String node) {
    greeted.add(node);
  }

  /// The nodes whose new sessions are to get their complete sets.
  List<NodeRecord> greeted() {
    List<NodeRecord> nodes = new ArrayList<>();
    for (String name : greeted) {
      NodeRecord node = state.node(name);
      if (node != null && node.isConnected()) {
        nodes.add(node);
      }
    }
    return nodes;
  }

  /// Says that something that did not fit before may fit now.
  void roomMade() {
    roomMade = true;
  }

  boolean takeRoomMade() {
    boolean was = roomMade;
    roomMade = false;
    return was;
  }

  SortedSet<WorkloadKey> takeToReconcile() {
    SortedSet<WorkloadKey> taken = new TreeSet<>(toReconcile);
    toReconcile.clear();
    return taken;
  }

  /// Ids of instances whose assignment may have changed, by node.
  SortedMap<String, SortedSet<String>> touched() {
    return touched;
  }

  String newUuid() {
    long high = (random.nextLong() & ~0xF000L) | 0x4000L;
    long low = (random.nextLong() & ~(3L << 62)) | (2L << 62);
    return new UUID(high, low).toString();
  }

  String newInstanceId() {
    return "%016x%016x".formatted(random.nextLong(), random.nextLong());
  }

  /// Tells people.
  void report(EventSeverity severity, String reason, String message, Event.Builder about) {
    String text =
        message.length() <= MESSAGE_CHARS ? message : message.substring(0, MESSAGE_CHARS) + "…";
    effects.add(
        new Effect.Report(
            about
                .setTime(now.timestamp())
                .setSeverity(severity)
                .setReason(reason)
                .setMessage(text)
                .build()));
  }

  void info(String reason, String message, Event.Builder about) {
    report(EventSeverity.EVENT_SEVERITY_INFO, reason, message, about);
  }

  void warn(String reason, String message, Event.Builder about) {
    report(EventSeverity.EVENT_SEVERITY_WARNING, reason, message, about);
  }

  static Event.Builder about(WorkloadKey key) {
    return Event.newBuilder().setNamespace(key.namespace()).setWorkload(key.name());
  }

  static Event.Builder about(InstanceRecord instance) {
    return about(instance.workload())
        .setSlot(instance.message().getName())
        .setInstance(instance.id())
        .setNode(instance.node());
  }

  static Event.Builder aboutNode(String node) {
    return Event.newBuilder().setNode(node);
  }

  Decision done() {
    return new Decision(state, List.copyOf(mutations), List.copyOf(effects));
  }
}
