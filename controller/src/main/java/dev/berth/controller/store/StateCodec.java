package dev.berth.controller.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.berth.controller.core.Mutation;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.Now;
import dev.berth.controller.core.model.TokenRecord;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.controller.store.ClusterStore.Write;
import dev.berth.store.v1.StoredAssignments;
import dev.berth.store.v1.StoredCluster;
import dev.berth.store.v1.StoredInstance;
import dev.berth.store.v1.StoredNode;
import dev.berth.store.v1.StoredToken;
import dev.berth.store.v1.StoredWorkload;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.StateTransition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// Turns the state into keys and values and back.
public final class StateCodec {
  private static final int SCHEMA_VERSION = 1;
  private static final int MESSAGE_CHARS = 250;
  private static final String CLUSTER = "cluster";
  private static final String WORKLOADS = "workloads/";
  private static final String NODES = "nodes/";
  private static final String ASSIGNMENTS = "assignments/";
  private static final String TOKENS = "tokens/";

  private StateCodec() {}

  /// The write that makes a cluster of an empty store.
  public static Write founding(String clusterUid, Now now) {
    return new Write(
        CLUSTER,
        StoredCluster.newBuilder()
            .setUid(clusterUid)
            .setSchemaVersion(SCHEMA_VERSION)
            .setCreateTime(now.timestamp())
            .build()
            .toByteString());
  }

  /// What must be written so that the store has the state `after` the mutations: one write a key
  /// however many mutations touched it, in stages of which any part is a state that can be gone on
  /// from: what is added or changed but assignments, then assignments, then removals. A new leader
  /// fills slots whose assignments are missing and drops assignments whose workload is.
  public static List<List<Write>> writes(List<Mutation> mutations, ClusterState after) {
    // Each value is made once, however many mutations touched it: a node's holds all its instances.
    Map<String, Supplier<Write>> touched = new TreeMap<>();
    for (Mutation mutation : mutations) {
      if (mutation instanceof Mutation.Durable durable) {
        touch(durable, after, touched);
      }
    }
    List<Write> puts = new ArrayList<>();
    List<Write> assignments = new ArrayList<>();
    List<Write> removals = new ArrayList<>();
    for (Supplier<Write> value : touched.values()) {
      Write write = value.get();
      List<Write> stage =
          write.key().startsWith(ASSIGNMENTS)
              ? assignments
              : write.value() == null ? removals : puts;
      stage.add(write);
    }
    return Stream.of(puts, assignments, removals).filter(stage -> !stage.isEmpty()).toList();
  }

  private static void touch(
      Mutation.Durable mutation, ClusterState after, Map<String, Supplier<Write>> touched) {
    switch (mutation) {
      case Mutation.PutWorkload put -> touchWorkload(put.workload().key(), after, touched);
      case Mutation.RemoveWorkload removed -> touchWorkload(removed.key(), after, touched);
      case Mutation.PutInstance put -> touchNode(put.instance().node(), after, touched);
      case Mutation.RemoveInstance removed -> touchNode(removed.node(), after, touched);
      case Mutation.PutNode put ->
          touched.put(NODES + put.node().name(), () -> node(put.node().name(), after));
      case Mutation.RemoveNode removed ->
          touched.put(NODES + removed.name(), () -> node(removed.name(), after));
      case Mutation.PutToken put ->
          touched.put(TOKENS + put.token().id(), () -> token(put.token().id(), after));
      case Mutation.RemoveToken removed ->
          touched.put(TOKENS + removed.id(), () -> token(removed.id(), after));
    }
  }

  private static void touchWorkload(
      WorkloadKey key, ClusterState after, Map<String, Supplier<Write>> touched) {
    touched.put(WORKLOADS + key, () -> workload(key, after));
  }

  private static void touchNode(
      String node, ClusterState after, Map<String, Supplier<Write>> touched) {
    touched.put(ASSIGNMENTS + node, () -> assignments(node, after));
  }

  private static Write write(String key, @Nullable Message message) {
    return new Write(key, message == null ? null : message.toByteString());
  }

  private static Write workload(WorkloadKey key, ClusterState after) {
    WorkloadRecord workload = after.workload(key);
    return write(
        WORKLOADS + key,
        workload == null
            ? null
            : StoredWorkload.newBuilder()
                .setWorkload(workload.message())
                .setVersion(workload.version())
                .setRequestId(workload.requestId())
                .setRequestDigest(workload.requestDigest())
                .putAllOlderSpecs(workload.olderSpecs())
                .build());
  }

  private static Write node(String name, ClusterState after) {
    NodeRecord node = after.node(name);
    return write(
        NODES + name,
        node == null
            ? null
            : StoredNode.newBuilder().setNode(node.message()).setVersion(node.version()).build());
  }

  private static Write token(String id, ClusterState after) {
    TokenRecord token = after.token(id);
    return write(
        TOKENS + id,
        token == null
            ? null
            : StoredToken.newBuilder()
                .setToken(token.message())
                .setSecretSha256(token.secretDigest())
                .build());
  }

  private static Write assignments(String node, ClusterState after) {
    StoredAssignments.Builder stored = StoredAssignments.newBuilder();
    for (InstanceRecord instance : after.usage(node).instances().values()) {
      stored.addInstances(stored(instance));
    }
    return write(ASSIGNMENTS + node, stored.getInstancesCount() == 0 ? null : stored.build());
  }

  private static StoredInstance stored(InstanceRecord instance) {
    StoredInstance.Builder stored =
        StoredInstance.newBuilder()
            .setInstance(
                instance.message().toBuilder()
                    .setStatus(
                        instance.isFinal()
                            ? outcome(instance.message().getStatus())
                            : assigned(instance.message().getStatus())))
            .setAttempt(instance.attempt().number())
            .setFailures(instance.attempt().failures())
            .setSuperseded(instance.attempt().superseded())
            .setRestartGeneration(instance.restartGeneration())
            .setReserved(instance.reserved());
    var grace = instance.stopGrace();
    if (grace != null) {
      stored.setStopGrace(grace);
    }
    return stored.build();
  }

  /// How an instance ended, in few bytes: a node's instances share one value.
  private static InstanceStatus outcome(InstanceStatus status) {
    String message = status.getMessage();
    return message.length() <= MESSAGE_CHARS
        ? status
        : status.toBuilder().setMessage(message.substring(0, MESSAGE_CHARS) + "…").build();
  }

  /// What is known of an instance without its agent: that it was assigned, and when.
  private static InstanceStatus assigned(InstanceStatus status) {
    InstanceStatus.Builder kept =
        InstanceStatus.newBuilder().setState(InstanceState.INSTANCE_STATE_ASSIGNED);
    for (StateTransition transition : status.getTransitionsList()) {
      if (transition.getStateValue() <= InstanceState.INSTANCE_STATE_ASSIGNED_VALUE) {
        kept.addTransitions(transition);
      }
    }
    return kept.build();
  }

  /// The state as a new leader finds it; null when the store is empty.
  ///
  /// @throws StoreException when a value cannot be read or has a layout of another version
  public static @Nullable ClusterState decode(
      SortedMap<String, ByteString> values, long epoch, Now now) throws StoreException {
    ByteString cluster = values.get(CLUSTER);
    if (cluster == null) {
      return null;
    }
    try {
      StoredCluster stored = StoredCluster.parseFrom(cluster);
      if (stored.getSchemaVersion() != SCHEMA_VERSION) {
        throw new StoreException(
            "the store's layout has version %d (expected: %d): use a controller that knows it"
                .formatted(stored.getSchemaVersion(), SCHEMA_VERSION));
      }
      ClusterState state = ClusterState.empty(stored.getUid(), epoch);
      for (Map.Entry<String, ByteString> entry : values.entrySet()) {
        state = plus(state, entry.getKey(), entry.getValue(), now);
      }
      return state;
    } catch (InvalidProtocolBufferException e) {
      throw new StoreException("the store holds a value that cannot be read: " + e, e);
    }
  }

  private static ClusterState plus(ClusterState state, String key, ByteString value, Now now)
      throws InvalidProtocolBufferException {
    ClusterState result = state;
    if (key.startsWith(WORKLOADS)) {
      StoredWorkload stored = StoredWorkload.parseFrom(value);
      result =
          result.plus(
              new WorkloadRecord(
                  stored.getWorkload(),
                  stored.getVersion(),
                  stored.getRequestId(),
                  stored.getRequestDigest(),
                  TreePMap.from(stored.getOlderSpecsMap())));
    } else if (key.startsWith(NODES)) {
      StoredNode stored = StoredNode.parseFrom(value);
      result =
          result.plus(
              new NodeRecord(
                  stored.getNode(),
                  stored.getVersion(),
                  NodeRecord.Liveness.unheard(now.monotonicMillis())));
    } else if (key.startsWith(ASSIGNMENTS)) {
      for (StoredInstance stored : StoredAssignments.parseFrom(value).getInstancesList()) {
        result = result.plus(instance(stored, now));
      }
    } else if (key.startsWith(TOKENS)) {
      StoredToken stored = StoredToken.parseFrom(value);
      result =
          result.plus(
              new TokenRecord(stored.getToken(), stored.getSecretSha256(), expiry(stored, now)));
    }
    return result;
  }

  private static InstanceRecord instance(StoredInstance stored, Now now) {
    InstanceRecord instance =
        new InstanceRecord(
            stored.getInstance(),
            new InstanceRecord.Attempt(
                stored.getAttempt(), stored.getFailures(), stored.getSuperseded()),
            stored.getReserved(),
            stored.getRestartGeneration(),
            stored.hasStopGrace() ? stored.getStopGrace() : null,
            InstanceRecord.Timing.NONE,
            null);
    return instance.isFinal()
        ? instance.with(new InstanceRecord.Timing(0, now.monotonicMillis()))
        : instance;
  }

  // The only place where the wall clock counts: a token's rest of life is worked out once, when it
  // is loaded, and never exceeds its whole life.
  private static long expiry(StoredToken stored, Now now) {
    Timestamp made = stored.getToken().getCreateTime();
    Timestamp end = stored.getToken().getExpireTime();
    long whole = (end.getSeconds() - made.getSeconds()) * 1000;
    long rest =
        Instant.ofEpochSecond(end.getSeconds(), end.getNanos()).toEpochMilli()
            - now.wall().toEpochMilli();
    return now.monotonicMillis() + Math.clamp(rest, 0, Math.max(0, whole));
  }
}
