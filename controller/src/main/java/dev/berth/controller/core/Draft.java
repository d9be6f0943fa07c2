package dev.berth.controller.core;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceChange;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.Now;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.schedule.Fleet;
import dev.berth.v1.Event;
import dev.berth.v1.EventSeverity;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.StateTransition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A decision while it is being made: never leaves the [Turn] that makes it.
final class Draft {
  private static final int MESSAGE_CHARS = 1000;
  private static final int EXPLAINED_MAX = 20;
  private static final HexFormat HEX = HexFormat.of();

  private ClusterState state;
  private final Fleet fleet;
  private final Now now;
  private final Timestamp timestamp;
  private final RandomGenerator random;
  private final List<Mutation> mutations = new ArrayList<>();
  private final List<Effect> effects = new ArrayList<>();
  private final SortedSet<WorkloadKey> toReconcile = new TreeSet<>();
  private final Map<String, InstanceChange> instances = new LinkedHashMap<>();
  private @Nullable InstanceStatus assignedNow;
  private int explained;
  private boolean roomMade;
  private final SortedSet<String> greeted = new TreeSet<>();

  Draft(ClusterState state, Fleet fleet, Now now, RandomGenerator random) {
    this.state = state;
    this.fleet = fleet;
    fleet.standFor(state);
    this.now = now;
    this.timestamp = now.timestamp();
    this.random = random;
  }

  ClusterState state() {
    return state;
  }

  Now now() {
    return now;
  }

  /// The time for people, one value for the whole turn.
  Timestamp timestamp() {
    return timestamp;
  }

  RandomGenerator random() {
    return random;
  }

  /// The status of an instance that got a node in this turn and had none before: one value for all.
  InstanceStatus assignedNow() {
    InstanceStatus known = assignedNow;
    if (known == null) {
      known =
          InstanceStatus.newBuilder()
              .setState(InstanceState.INSTANCE_STATE_ASSIGNED)
              .addTransitions(
                  StateTransition.newBuilder()
                      .setState(InstanceState.INSTANCE_STATE_ASSIGNED)
                      .setTime(timestamp))
              .build();
      assignedNow = known;
    }
    return known;
  }

  void apply(Mutation mutation) {
    mutations.add(mutation);
    switch (mutation) {
      case Mutation.PutInstance put -> put(put.instance());
      case Mutation.ObserveInstance observed -> put(observed.instance());
      case Mutation.PutPending put -> put(put.instance());
      case Mutation.RemovePending removed -> remove(removed.id());
      case Mutation.RemoveInstance removed -> {
        remove(removed.id());
        roomMade = true;
      }
      case Mutation.PutWorkload put -> {
        state = mutation.applyTo(state);
        fleet.followWorkload(put.workload().key(), state);
      }
      case Mutation.RemoveWorkload removed -> {
        state = mutation.applyTo(state);
        fleet.followWorkload(removed.key(), state);
      }
      case Mutation.PutNode put -> {
        state = mutation.applyTo(state);
        fleet.followNode(put.node().name(), state);
      }
      case Mutation.ObserveNode observed -> {
        state = mutation.applyTo(state);
        fleet.followNode(observed.node().name(), state);
      }
      case Mutation.RemoveNode removed -> {
        state = mutation.applyTo(state);
        fleet.followNode(removed.name(), state);
      }
      case Mutation.Nominate nominated -> {
        state = mutation.applyTo(state);
        fleet.followNomination(nominated.instance(), nominated.node(), state);
      }
      case Mutation.PutToken _,
          Mutation.RemoveToken _,
          Mutation.PutNamespace _,
          Mutation.RemoveNamespace _,
          Mutation.PutWakeup _,
          Mutation.RemoveWakeup _ -> {
        state = mutation.applyTo(state);
        fleet.followOther(state);
      }
    }
  }

  private void put(InstanceRecord after) {
    InstanceRecord before = state.instance(after.id());
    state = state.replace(before, after);
    changed(after.id(), before, after);
  }

  private void remove(String id) {
    InstanceRecord before = state.instance(id);
    if (before != null) {
      state = state.minus(before);
      changed(id, before, null);
    }
  }

  private void changed(String id, @Nullable InstanceRecord before, @Nullable InstanceRecord after) {
    fleet.follow(before, after, state);
    InstanceChange earlier = instances.get(id);
    InstanceRecord first = earlier == null ? before : earlier.before();
    if (first == null && after == null) {
      instances.remove(id);
    } else {
      instances.put(id, new InstanceChange(first, after));
    }
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

  /// Whether it may be worked out once more in this turn why something waits that waited before:
  /// that means asking every node, and many may wait.
  boolean mayExplain() {
    return explained++ < EXPLAINED_MAX;
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

  /// What became of instances so far, in the order in which they were touched.
  Collection<InstanceChange> instances() {
    return instances.values();
  }

  String newUuid() {
    long high = (random.nextLong() & ~0xF000L) | 0x4000L;
    long low = (random.nextLong() & ~(3L << 62)) | (2L << 62);
    return new UUID(high, low).toString();
  }

  String newInstanceId() {
    return HEX.toHexDigits(random.nextLong()) + HEX.toHexDigits(random.nextLong());
  }

  /// Tells people.
  void report(EventSeverity severity, String reason, String message, Event.Builder about) {
    String text =
        message.length() <= MESSAGE_CHARS ? message : message.substring(0, MESSAGE_CHARS) + "…";
    effects.add(
        new Effect.Report(
            about
                .setTime(timestamp)
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
    return new Decision(
        state, List.copyOf(mutations), List.copyOf(effects), List.copyOf(instances.values()));
  }
}
