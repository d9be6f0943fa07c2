package dev.berth.bench;

import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.CoreSettings;
import dev.berth.controller.core.Outcome;
import dev.berth.controller.core.Refusal;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.loop.Changes;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.controller.loop.LoopClock;
import dev.berth.controller.loop.SessionPort;
import dev.berth.controller.loop.Snapshot;
import dev.berth.controller.loop.SnapshotListener;
import dev.berth.controller.store.Etcd;
import dev.berth.controller.store.StoreException;
import dev.berth.v1.Hello;
import dev.berth.v1.Node;
import dev.berth.v1.OpenSessionResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/// The engine of a controller in this process, on a real etcd: the loop, the core and the store,
/// with nodes whose agents only seem to be connected.
final class EngineHarness implements AutoCloseable {
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
    try {
      Etcd etcd = StoredNodes.connect(endpoint, pki);
      StoredNodes.write(etcd, nodes.stream().map(StoredNodes::recorded).toList());
      EngineHarness engine = new EngineHarness(etcd);
      engine.loop.start();
      if (!engine.leads.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the loop does not lead");
      }
      engine.greet(nodes);
      return engine;
    } catch (StoreException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
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
                  .setClusterUid(StoredNodes.CLUSTER)
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
