package dev.berth.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.CoreSettings;
import dev.berth.controller.core.Mutation;
import dev.berth.controller.core.Outcome;
import dev.berth.controller.core.Refusal;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.Now;
import dev.berth.controller.loop.Changes;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.controller.loop.LoopClock;
import dev.berth.controller.loop.SessionPort;
import dev.berth.controller.loop.Snapshot;
import dev.berth.controller.loop.SnapshotListener;
import dev.berth.controller.store.Etcd;
import dev.berth.controller.store.EtcdSettings;
import dev.berth.controller.store.LeaderTerm;
import dev.berth.controller.store.StateCodec;
import dev.berth.controller.store.StoreException;
import dev.berth.v1.Hello;
import dev.berth.v1.Node;
import dev.berth.v1.OpenSessionResponse;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/// The engine of a controller in this process, on a real etcd: the loop, the core and the store,
/// with nodes whose agents only seem to be connected.
final class EngineHarness implements AutoCloseable {
  private static final String CLUSTER = "00000000-0000-4000-8000-000000000001";
  // Nothing is said by the nodes, and nothing is to be held against them.
  private static final CoreSettings PATIENT = new CoreSettings(2_000, 3_600_000, 7_200_000);
  private static final long LIMIT_SECONDS = 600;

  private final Etcd etcd;
  private final EngineMetrics metrics = new EngineMetrics();
  private final CountDownLatch leads = new CountDownLatch(1);
  private final ControllerLoop loop;

  private EngineHarness(Etcd etcd) {
    this.etcd = etcd;
    this.loop =
        new ControllerLoop(
            new ControllerLoop.Ports(
                etcd.store(),
                etcd.election(),
                new Unheard(),
                new Leading(leads),
                metrics,
                LoopClock.system()),
            PATIENT);
  }

  /// Stores the nodes, starts the loop and lets all nodes say hello.
  static EngineHarness start(String endpoint, Path pki, List<Node> nodes) {
    EtcdSettings.Tls tls =
        new EtcdSettings.Tls(
            pki.resolve("ca.crt"), pki.resolve("client.crt"), pki.resolve("client.key"));
    try {
      Etcd etcd =
          Etcd.connect(
              new EtcdSettings(
                  List.of(URI.create(endpoint)),
                  tls,
                  Duration.ofSeconds(10),
                  Duration.ofSeconds(30)));
      store(etcd, nodes);
      EngineHarness engine = new EngineHarness(etcd);
      engine.loop.start();
      if (!engine.leads.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the loop does not lead");
      }
      engine.greet(nodes);
      return engine;
    } catch (StoreException | ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void store(Etcd etcd, List<Node> nodes)
      throws StoreException, InterruptedException, ExecutionException {
    LeaderTerm term = etcd.election().campaign();
    var _ = etcd.store().load(term);
    Now now = new Now(0, Instant.EPOCH);
    etcd.store().commit(term, List.of(List.of(StateCodec.founding(CLUSTER, now)))).get();
    ClusterState state = ClusterState.empty(CLUSTER, term.epoch());
    List<Mutation> mutations = new ArrayList<>(nodes.size());
    for (Node node : nodes) {
      Mutation put = new Mutation.PutNode(new NodeRecord(node, 1, NodeRecord.Liveness.unheard(0)));
      state = put.applyTo(state);
      mutations.add(put);
    }
    etcd.store().commit(term, StateCodec.writes(mutations, state)).get();
    etcd.election().resign(term);
  }

  private void greet(List<Node> nodes) throws InterruptedException {
    long session = 0;
    for (Node node : nodes) {
      session++;
      ClusterEvent.SessionOpened opened =
          new ClusterEvent.SessionOpened(
              session,
              node.getName(),
              Hello.newBuilder()
                  .setNode(node.getName())
                  .setNodeUid(node.getUid())
                  .setClusterUid(CLUSTER)
                  .setDescription(node.getDescription())
                  .build());
      while (!loop.offer(opened)) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
    }
    while (state().nodes().values().stream().anyMatch(node -> !node.isConnected())) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  ClusterState state() {
    return loop.snapshot().orElseThrow().state();
  }

  CompletableFuture<Outcome> request(LongFunction<ClusterEvent.Request> event) {
    return loop.request(event);
  }

  EngineMetrics metrics() {
    return metrics;
  }

  @Override
  public void close() {
    loop.close();
    etcd.close();
  }

  /// A node that has never changed since it joined.
  static Node stored(Node.Builder node) {
    return node.setUid("uid-" + node.getName())
        .setCreateTime(Timestamp.getDefaultInstance())
        .setEtagBytes(ByteString.copyFromUtf8("1"))
        .build();
  }

  /// Nobody hears what is sent.
  private static final class Unheard implements SessionPort {
    @Override
    public void send(String node, long sessionId, OpenSessionResponse message) {}

    @Override
    public void close(String node, long sessionId, Refusal refusal) {}
  }

  private record Leading(CountDownLatch began) implements SnapshotListener {
    @Override
    public void leadershipBegan(Snapshot first) {
      began.countDown();
    }

    @Override
    public void published(Snapshot before, Snapshot after, Changes changes) {}

    @Override
    public void leadershipEnded(String reason) {}
  }
}
