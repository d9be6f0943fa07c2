package dev.berth.controller.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.Now;
import dev.berth.controller.core.model.Specs;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.store.ClusterStore.Write;
import dev.berth.controller.store.StateCodec;
import dev.berth.controller.store.StoreException;
import dev.berth.v1.CreateTokenRequest;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.DeleteWorkloadRequest;
import dev.berth.v1.Event;
import dev.berth.v1.InstanceState;
import dev.berth.v1.Node;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.RestartWorkloadRequest;
import dev.berth.v1.ScaleWorkloadRequest;
import dev.berth.v1.StartWorkloadRequest;
import dev.berth.v1.StopWorkloadRequest;
import dev.berth.v1.UpdateWorkloadRequest;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/// The real core with simulated agents, on a clock that tests move. One thread, no I/O, and the
/// same seed gives the same run.
final class CoreWorld {
  static final long EPOCH = 7;

  final SortedMap<String, SimulatedNode> nodes = new TreeMap<>();
  final List<Event> events = new ArrayList<>();
  final RandomGenerator random;
  private final ControllerCore core = new ControllerCore(CoreSettings.DEFAULT);
  private final SortedMap<String, ByteString> stored = new TreeMap<>();
  private ClusterState state = ClusterState.empty("cluster", EPOCH);
  private long millis = 1_000_000;
  private long requests;
  private long sessions;
  private long durable;
  private long trace = 17;
  private @Nullable Outcome outcome;

  CoreWorld(long seed) {
    random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    write(List.of(List.of(StateCodec.founding("cluster", now()))));
    decide(new ClusterEvent.LeadershipBegan());
  }

  ClusterState state() {
    return state;
  }

  Now now() {
    return new Now(millis, Instant.ofEpochMilli(1_700_000_000_000L + millis));
  }

  /// Number of durable mutations so far.
  long durable() {
    return durable;
  }

  /// A hash of all mutations so far.
  long trace() {
    return trace;
  }

  void decide(ClusterEvent event) {
    decide(List.of(event));
  }

  /// Several events in one turn.
  void decide(List<ClusterEvent> turn) {
    Decision decision = core.decide(state, turn, now(), random);
    ClusterState replayed = state;
    for (Mutation mutation : decision.mutations()) {
      replayed = mutation.applyTo(replayed);
      trace = trace * 31 + mutation.hashCode();
      durable += mutation instanceof Mutation.Durable ? 1 : 0;
    }
    state = decision.state();
    write(StateCodec.writes(decision.mutations(), state));
    for (Effect effect : decision.effects()) {
      run(effect);
    }
  }

  private void run(Effect effect) {
    switch (effect) {
      case Effect.Complete complete -> outcome = complete.outcome();
      case Effect.Send send -> {
        SimulatedNode node = nodes.get(send.node());
        if (node != null) {
          node.receive(send.sessionId(), send.message());
        }
      }
      case Effect.CloseSession close -> {
        SimulatedNode node = nodes.get(close.node());
        if (node != null) {
          node.closed(close.sessionId(), close.refusal());
        }
      }
      case Effect.Report report -> events.add(report.event());
    }
  }

  private void write(List<List<Write>> stages) {
    for (Write write : stages.stream().flatMap(List::stream).toList()) {
      ByteString value = write.value();
      if (value == null) {
        stored.remove(write.key());
      } else {
        stored.put(write.key(), value);
      }
    }
  }

  /// The state as another leader would load it now.
  ClusterState reloaded() {
    try {
      ClusterState loaded = StateCodec.decode(stored, state.epoch() + 1, now());
      if (loaded == null) {
        throw new AssertionError("nothing is stored");
      }
      return loaded;
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
  }

  /// The leader dies and another one loads what is stored; every session is gone.
  void changeLeader() {
    state = reloaded();
    nodes.values().forEach(SimulatedNode::dropped);
    decide(new ClusterEvent.LeadershipBegan());
  }

  /// Lets time pass, with a tick each second and heartbeats of connected agents.
  void pass(long seconds) {
    pass(seconds, 1);
  }

  /// The same in larger steps, shorter than the suspect time.
  void pass(long seconds, int step) {
    for (long i = 0; i < seconds; i += step) {
      millis += step * 1_000L;
      nodes.values().forEach(SimulatedNode::heartbeat);
      decide(new ClusterEvent.Tick());
    }
  }

  /// Joins a node of a size and connects it.
  SimulatedNode node(String name, long cpuMillis, long memoryMib) {
    return node(name, Specs.host(cpuMillis, memoryMib).build());
  }

  SimulatedNode node(String name, NodeDescription description) {
    String token = "%010d".formatted(++requests);
    ByteString digest = ByteString.copyFrom(new byte[32]);
    succeed(
        r ->
            new ClusterEvent.CreateToken(
                r, token, digest, CreateTokenRequest.getDefaultInstance()));
    Node joined = (Node) succeed(r -> new ClusterEvent.EnrollNode(r, token, digest, name));
    SimulatedNode node = new SimulatedNode(this, joined, description);
    nodes.put(name, node);
    node.connect();
    return node;
  }

  long nextSession() {
    return ++sessions;
  }

  Outcome request(LongFunction<ClusterEvent.Request> event) {
    outcome = null;
    decide(event.apply(++requests));
    Outcome got = outcome;
    if (got == null) {
      throw new AssertionError("not answered");
    }
    return got;
  }

  Message succeed(LongFunction<ClusterEvent.Request> event) {
    return switch (request(event)) {
      case Outcome.Success success -> success.answer();
      case Outcome.Refused refused -> throw new AssertionError(refused.toString());
    };
  }

  Refusal refuse(LongFunction<ClusterEvent.Request> event) {
    return switch (request(event)) {
      case Outcome.Success success -> throw new AssertionError("accepted: " + success.answer());
      case Outcome.Refused refused -> refused.refusal();
    };
  }

  Workload create(String name, WorkloadSpec.Builder spec) {
    return (Workload) succeed(r -> creating(r, name, spec));
  }

  static ClusterEvent.CreateWorkload creating(long r, String name, WorkloadSpec.Builder spec) {
    return new ClusterEvent.CreateWorkload(
        r,
        CreateWorkloadRequest.newBuilder()
            .setWorkload(Workload.newBuilder().setName(name).setSpec(spec))
            .build());
  }

  /// Changes the state behind the core's back, so that no event tells of it.
  void sneak(UnaryOperator<ClusterState> change) {
    state = change.apply(state);
  }

  static ClusterEvent.UpdateWorkload updating(long r, String name, WorkloadSpec.Builder spec) {
    return new ClusterEvent.UpdateWorkload(
        r,
        UpdateWorkloadRequest.newBuilder()
            .setWorkload(Workload.newBuilder().setName(name).setSpec(spec))
            .build());
  }

  static ClusterEvent.ScaleWorkload scaling(long r, String name, int replicas) {
    return new ClusterEvent.ScaleWorkload(
        r, ScaleWorkloadRequest.newBuilder().setName(name).setReplicas(replicas).build());
  }

  static ClusterEvent.DeleteWorkload deleting(long r, String name) {
    return new ClusterEvent.DeleteWorkload(
        r, DeleteWorkloadRequest.newBuilder().setName(name).setForce(true).build());
  }

  static ClusterEvent.StopWorkload stopping(long r, String name, Integer... slots) {
    return new ClusterEvent.StopWorkload(
        r, StopWorkloadRequest.newBuilder().setName(name).addAllSlots(List.of(slots)).build());
  }

  static ClusterEvent.StartWorkload starting(long r, String name, Integer... slots) {
    return new ClusterEvent.StartWorkload(
        r, StartWorkloadRequest.newBuilder().setName(name).addAllSlots(List.of(slots)).build());
  }

  static ClusterEvent.RestartWorkload restarting(long r, String name, Integer... slots) {
    return new ClusterEvent.RestartWorkload(
        r, RestartWorkloadRequest.newBuilder().setName(name).addAllSlots(List.of(slots)).build());
  }

  static WorkloadKey key(String name) {
    return new WorkloadKey("default", name);
  }

  /// Lets every agent carry out all it was told, until nothing moves any more.
  void settle() {
    boolean moved = true;
    for (int round = 0; moved; round++) {
      if (round > 1_000) {
        throw new AssertionError("never settles");
      }
      moved = false;
      for (SimulatedNode node : nodes.values()) {
        moved |= node.work();
      }
    }
  }

  /// The newest instance of a slot.
  InstanceRecord newest(String workload, int slot) {
    return state.instancesOf(key(workload), slot).iterator().next();
  }

  /// States of the newest instances by slot.
  Map<Integer, InstanceState> states(String workload) {
    Map<Integer, InstanceState> states = new TreeMap<>();
    for (InstanceRecord instance : state.instancesOf(key(workload))) {
      states.putIfAbsent(instance.slot(), instance.state());
    }
    return states;
  }

  long count(String workload, InstanceState wanted) {
    return state.instancesOf(key(workload)).stream().filter(i -> i.state() == wanted).count();
  }

  boolean happened(String reason) {
    return events.stream().anyMatch(event -> event.getReason().equals(reason));
  }
}
