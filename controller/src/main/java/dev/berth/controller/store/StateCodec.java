package dev.berth.controller.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.berth.controller.core.Mutation;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NamespaceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.Now;
import dev.berth.controller.core.model.SealedLogin;
import dev.berth.controller.core.model.TokenRecord;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.controller.store.ClusterStore.Write;
import dev.berth.store.v1.StoredAssignments;
import dev.berth.store.v1.StoredCluster;
import dev.berth.store.v1.StoredNamespace;
import dev.berth.store.v1.StoredNode;
import dev.berth.store.v1.StoredRegistryLogin;
import dev.berth.store.v1.StoredToken;
import dev.berth.store.v1.StoredWorkload;
import dev.berth.v1.Node;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// Turns the state into keys and values and back.
public final class StateCodec {
  private static final int SCHEMA_VERSION = 2;
  private static final String CLUSTER = "cluster";
  private static final String WORKLOADS = "workloads/";
  private static final String NODES = "nodes/";
  private static final String ASSIGNMENTS = "assignments/";
  private static final String TOKENS = "tokens/";
  private static final String NAMESPACES = "ns/";

  private static final long DRAIN_MILLIS_MAX = 7L * 24 * 3_600_000;

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
    Set<String> nodes = new LinkedHashSet<>();
    Map<String, Supplier<Write>> others = new LinkedHashMap<>();
    for (Mutation mutation : mutations) {
      if (mutation instanceof Mutation.Durable durable) {
        touch(durable, after, nodes, others);
      }
    }
    List<Write> puts = new ArrayList<>();
    List<Write> removals = new ArrayList<>();
    for (Supplier<Write> value : others.values()) {
      Write write = value.get();
      (write.value() == null ? removals : puts).add(write);
    }
    List<Write> assignments = new ArrayList<>(nodes.size());
    nodes.forEach(node -> assignments.add(assignments(node, after)));
    return Stream.of(puts, assignments, removals).filter(stage -> !stage.isEmpty()).toList();
  }

  private static void touch(
      Mutation.Durable mutation,
      ClusterState after,
      Set<String> nodes,
      Map<String, Supplier<Write>> others) {
    switch (mutation) {
      case Mutation.PutInstance put -> nodes.add(put.instance().node());
      case Mutation.RemoveInstance removed -> nodes.add(removed.node());
      case Mutation.PutWorkload put -> touchWorkload(put.workload().key(), after, others);
      case Mutation.RemoveWorkload removed -> touchWorkload(removed.key(), after, others);
      case Mutation.PutNode put ->
          others.put(NODES + put.node().name(), () -> node(put.node().name(), after));
      case Mutation.RemoveNode removed ->
          others.put(NODES + removed.name(), () -> node(removed.name(), after));
      case Mutation.PutNamespace put -> {
        String name = put.namespace().name();
        others.put(NAMESPACES + name, () -> namespace(name, after));
      }
      case Mutation.RemoveNamespace removed ->
          others.put(NAMESPACES + removed.name(), () -> namespace(removed.name(), after));
      case Mutation.PutToken put ->
          others.put(TOKENS + put.token().id(), () -> token(put.token().id(), after));
      case Mutation.RemoveToken removed ->
          others.put(TOKENS + removed.id(), () -> token(removed.id(), after));
    }
  }

  private static void touchWorkload(
      WorkloadKey key, ClusterState after, Map<String, Supplier<Write>> others) {
    others.put(WORKLOADS + key, () -> workload(key, after));
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
            : StoredNode.newBuilder()
                .setNode(node.message())
                .setVersion(node.version())
                .setCertificateSha256(node.certificate())
                .build());
  }

  private static Write namespace(String name, ClusterState after) {
    NamespaceRecord namespace = after.namespace(name);
    return write(
        NAMESPACES + name,
        namespace == null
            ? null
            : StoredNamespace.newBuilder()
                .setNamespace(namespace.message())
                .setVersion(namespace.version())
                .addAllLogins(namespace.logins().values().stream().map(StateCodec::stored).toList())
                .build());
  }

  private static StoredRegistryLogin stored(SealedLogin login) {
    return StoredRegistryLogin.newBuilder()
        .setServer(login.server())
        .setUsername(login.username())
        .setSealed(login.sealed())
        .setSetTime(login.setTime())
        .build();
  }

  private static TreePMap<String, SealedLogin> logins(List<StoredRegistryLogin> stored) {
    TreePMap<String, SealedLogin> logins = TreePMap.empty();
    for (StoredRegistryLogin each : stored) {
      logins =
          logins.plus(
              each.getServer(),
              new SealedLogin(
                  each.getServer(), each.getUsername(), each.getSealed(), each.getSetTime()));
    }
    return logins;
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
    Collection<InstanceRecord> instances = after.usage(node).instances().values();
    return write(
        ASSIGNMENTS + node, instances.isEmpty() ? null : AssignmentsCodec.encode(instances));
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
        throw new StoreException.OtherLayout(stored.getSchemaVersion(), SCHEMA_VERSION);
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
                  NodeRecord.Liveness.unheard(now.monotonicMillis()),
                  drainUntil(stored.getNode(), now),
                  stored.getCertificateSha256()));
    } else if (key.startsWith(ASSIGNMENTS)) {
      String node = key.substring(ASSIGNMENTS.length());
      for (InstanceRecord instance :
          AssignmentsCodec.decode(node, StoredAssignments.parseFrom(value), now)) {
        result = result.plus(instance);
      }
    } else if (key.startsWith(NAMESPACES)) {
      StoredNamespace stored = StoredNamespace.parseFrom(value);
      result =
          result.plus(
              new NamespaceRecord(
                  stored.getNamespace(), stored.getVersion(), logins(stored.getLoginsList())));
    } else if (key.startsWith(TOKENS)) {
      StoredToken stored = StoredToken.parseFrom(value);
      result =
          result.plus(
              new TokenRecord(stored.getToken(), stored.getSecretSha256(), expiry(stored, now)));
    }
    return result;
  }

  // Here alone the wall clock counts: what is left of a drain's deadline, as of a token's life, is
  // worked out once, when it is loaded.
  private static long drainUntil(Node node, Now now) {
    if (!node.hasDrain() || !node.getDrain().hasDeadline()) {
      return NodeRecord.NEVER;
    }
    long left = Timestamps.toMillis(node.getDrain().getDeadline()) - now.wall().toEpochMilli();
    return now.monotonicMillis() + Math.clamp(left, 0, DRAIN_MILLIS_MAX);
  }

  // It never exceeds its whole life.
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
