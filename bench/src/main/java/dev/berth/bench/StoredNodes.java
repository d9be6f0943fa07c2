package dev.berth.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.berth.controller.core.Mutation;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.Now;
import dev.berth.controller.store.Etcd;
import dev.berth.controller.store.EtcdSettings;
import dev.berth.controller.store.LeaderTerm;
import dev.berth.controller.store.StateCodec;
import dev.berth.controller.store.StoreException;
import dev.berth.v1.Node;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;

/// Nodes that are in etcd before a controller looks, as if all had joined: joining ten thousand
/// hosts one by one is not what is measured.
public final class StoredNodes {
  /// UUID of the cluster that is founded with them.
  public static final String CLUSTER = "00000000-0000-4000-8000-000000000001";

  private StoredNodes() {}

  /// A connection to etcd.
  ///
  /// @param pki a controller's directory `etcd-pki`
  static Etcd connect(String endpoint, Path pki) throws StoreException {
    EtcdSettings.Tls tls =
        new EtcdSettings.Tls(
            pki.resolve("ca.crt"), pki.resolve("client.crt"), pki.resolve("client.key"));
    return Etcd.connect(
        new EtcdSettings(
            List.of(URI.create(endpoint)), tls, Duration.ofSeconds(10), Duration.ofSeconds(30)));
  }

  /// Founds a cluster with these nodes in an empty etcd.
  public static void write(String endpoint, Path pki, List<NodeRecord> nodes) {
    try (Etcd etcd = connect(endpoint, pki)) {
      write(etcd, nodes);
    } catch (StoreException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// The same over an open connection.
  static void write(Etcd etcd, List<NodeRecord> nodes) throws StoreException, InterruptedException {
    LeaderTerm term = etcd.election().campaign();
    var _ = etcd.store().load(term);
    Now now = new Now(0, Instant.EPOCH);
    commit(etcd, term, List.of(List.of(StateCodec.founding(CLUSTER, now))));
    ClusterState state = ClusterState.empty(CLUSTER, term.epoch());
    List<Mutation> mutations = new ArrayList<>(nodes.size());
    for (NodeRecord node : nodes) {
      Mutation put = new Mutation.PutNode(node);
      state = put.applyTo(state);
      mutations.add(put);
    }
    commit(etcd, term, StateCodec.writes(mutations, state));
    etcd.election().resign(term);
  }

  private static void commit(
      Etcd etcd, LeaderTerm term, List<List<dev.berth.controller.store.ClusterStore.Write>> writes)
      throws InterruptedException {
    try {
      etcd.store().commit(term, writes).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /// As a controller would store it.
  public static NodeRecord recorded(Node node) {
    return new NodeRecord(node, 1, NodeRecord.Liveness.unheard(0));
  }

  /// A node that has never changed since it joined.
  public static Node stored(Node.Builder node) {
    return node.setUid("uid-" + node.getName())
        .setCreateTime(Timestamp.getDefaultInstance())
        .setEtagBytes(ByteString.copyFromUtf8("1"))
        .build();
  }
}
