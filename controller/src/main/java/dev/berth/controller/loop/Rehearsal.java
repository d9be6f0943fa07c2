package dev.berth.controller.loop;

import com.google.protobuf.ByteString;
import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.ControllerCore;
import dev.berth.controller.core.CoreSettings;
import dev.berth.controller.core.Outcome;
import dev.berth.controller.core.Refusal;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.store.ClusterStore;
import dev.berth.controller.store.LeaderTerm;
import dev.berth.controller.store.StoreException;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.Hello;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/// The first turns of a leader, played by a follower on a copy of the state: nothing is stored,
/// sent or remembered. A hand-over waits for code that its JVM runs for the first time, and then it
/// has been run.
public final class Rehearsal {
  /// After so many runs most of it is compiled.
  private static final int ROUNDS = 40;

  /// In a large cluster fewer rounds do.
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int NODES = 3;
  private static final LeaderTerm NOBODYS = new LeaderTerm(1, 0);

  private final ClusterState copy;
  private final CoreSettings settings;
  private int refusals;

  /// What was played.
  ///
  /// @param rounds how often
  /// @param refusals how often something was refused, which a good rehearsal does not meet
  public record Played(int rounds, int refusals) {}

  private Rehearsal(ClusterState copy, CoreSettings settings) {
    this.copy = copy;
    this.settings = settings;
  }

  /// Plays on the calling thread, for about a second at most.
  ///
  /// @param copy as a leader would find the state; not changed
  /// @param settings as the leader's
  public static Played play(ClusterState copy, CoreSettings settings) throws StoreException {
    Rehearsal rehearsal = new Rehearsal(copy, settings);
    long begun = System.nanoTime();
    int rounds = 0;
    while (rounds < ROUNDS && System.nanoTime() - begun < LONGEST_NANOS) {
      rehearsal.playOnce();
      rounds++;
    }
    return new Played(rounds, rehearsal.refusals);
  }

  private void playOnce() throws StoreException {
    Turns turns =
        Turns.loaded(
            new Turns.Ports(
                new NoStore(),
                new Counted(),
                new Listening(),
                LoopMetrics.none(),
                LoopClock.system()),
            new ControllerCore(settings),
            NOBODYS,
            RandomGeneratorFactory.of("L64X128MixRandom").create(1),
            copy);
    turns.advance();
    long session = 0;
    for (NodeRecord node : copy.nodes().values().stream().limit(NODES).toList()) {
      session++;
      turn(turns, new ClusterEvent.SessionOpened(session, node.name(), hello(node)));
      turn(turns, new ClusterEvent.HeartbeatReceived(session, node.name(), 1));
    }
    turn(turns, new ClusterEvent.CreateWorkload(1, workload()));
    turn(turns, new ClusterEvent.Tick());
  }

  private static void turn(Turns turns, ClusterEvent event) throws StoreException {
    turns.decideNow(List.of(event));
    turns.advance();
  }

  private Hello hello(NodeRecord node) {
    return Hello.newBuilder()
        .setNode(node.name())
        .setNodeUid(node.message().getUid())
        .setClusterUid(copy.clusterUid())
        .setDescription(node.message().getDescription())
        .build();
  }

  private static CreateWorkloadRequest workload() {
    return CreateWorkloadRequest.newBuilder()
        .setWorkload(
            Workload.newBuilder()
                .setName("rehearsal")
                .setSpec(
                    WorkloadSpec.newBuilder()
                        .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
                        .setReplicas(2)
                        .setContainer(ContainerSpec.newBuilder().setImage("rehearsal"))))
        .build();
  }

  /// Everything is durable at once, and nowhere.
  private static final class NoStore implements ClusterStore {
    @Override
    public SortedMap<String, ByteString> load(LeaderTerm term) {
      return new TreeMap<>();
    }

    @Override
    public CompletableFuture<@Nullable Void> commit(LeaderTerm term, List<List<Write>> stages) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {}
  }

  private final class Counted implements SessionPort {
    @Override
    public void send(String node, long sessionId, OpenSessionResponse message) {
      // As the connection would: the making of the bytes is a part of it.
      var _ = message.toByteString();
    }

    @Override
    public void close(String node, long sessionId, Refusal refusal) {
      refusals++;
    }
  }

  private final class Listening implements Turns.Audience {
    @Override
    public void published(Snapshot snapshot) {}

    @Override
    public void answered(long requestId, Outcome outcome) {
      if (outcome instanceof Outcome.Refused) {
        refusals++;
      }
    }

    @Override
    public void changed(Snapshot before, Snapshot after, Changes changes) {}

    @Override
    public void committed() {}
  }
}
