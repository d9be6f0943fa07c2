package dev.berth.controller.loop;

import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.ControllerCore;
import dev.berth.controller.core.Decision;
import dev.berth.controller.core.Effect;
import dev.berth.controller.core.Outcome;
import dev.berth.controller.core.Turn;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.Now;
import dev.berth.controller.store.ClusterStore;
import dev.berth.controller.store.ClusterStore.Write;
import dev.berth.controller.store.LeaderTerm;
import dev.berth.controller.store.StateCodec;
import dev.berth.controller.store.StoreException;
import dev.berth.v1.Event;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The turns of one term: decide, commit, publish, then run effects. Used by one thread at a time
/// and never blocks, but for [#begin]. While one turn is being committed the next is decided on the
/// state that will be; nothing of it is seen before it is durable, and all is dropped when a commit
/// fails, together with the term.
public final class Turns {
  private static final int EPOCH_SHIFT = 24;
  private static final int UNDER_WAY_MAX = 2;

  private final Ports ports;
  private final ControllerCore core;
  private final LeaderTerm term;
  private final RandomGenerator random;
  private final Deque<UnderWay> underWay = new ArrayDeque<>();
  private Snapshot snapshot;
  private ClusterState ahead;

  /// What turns talk to.
  ///
  /// @param store where state survives
  /// @param sessions where messages to agents go
  /// @param audience is told what is durable
  /// @param metrics what is measured
  /// @param clock the time
  public record Ports(
      ClusterStore store,
      SessionPort sessions,
      Audience audience,
      LoopMetrics metrics,
      LoopClock clock) {}

  /// Is told what is durable, on the thread of the turns.
  public interface Audience {
    /// The state after a turn, before its effects run.
    void published(Snapshot snapshot);

    /// A request's outcome.
    void answered(long requestId, Outcome outcome);

    /// What a turn changed that can be seen, after its effects have run.
    void changed(Snapshot before, Snapshot after, Changes changes);

    /// A commit has ended: call [Turns#advance] soon. May come on any thread.
    void committed();
  }

  /// A turn that is not yet durable.
  private record UnderWay(
      Decision decision,
      List<String> durable,
      CompletableFuture<@Nullable Void> commit,
      long begunNanos) {}

  private Turns(
      Ports ports,
      ControllerCore core,
      LeaderTerm term,
      RandomGenerator random,
      ClusterState loaded) {
    this.ports = ports;
    this.core = core;
    this.term = term;
    this.random = random;
    this.snapshot = new Snapshot(loaded, term.epoch() << EPOCH_SHIFT);
    this.ahead = loaded;
  }

  /// Loads the state, founding the cluster when there is none, and takes the first turn. Blocks
  /// until that is durable; its effects are still to be run by [#advance].
  public static Turns begin(
      Ports ports, ControllerCore core, LeaderTerm term, RandomGenerator random)
      throws StoreException, InterruptedException {
    Now now = ports.clock().now();
    ClusterState loaded = StateCodec.decode(ports.store().load(term), term.epoch(), now);
    if (loaded == null) {
      String uid = uuid(random);
      await(ports.store().commit(term, List.of(List.of(StateCodec.founding(uid, now)))));
      loaded = ClusterState.empty(uid, term.epoch());
    }
    Turns turns = loaded(ports, core, term, random, loaded);
    await(turns.underWay.getFirst().commit());
    return turns;
  }

  /// Takes the first turn on a state that was loaded, and does not wait.
  static Turns loaded(
      Ports ports,
      ControllerCore core,
      LeaderTerm term,
      RandomGenerator random,
      ClusterState loaded) {
    Turns turns = new Turns(ports, core, term, random, loaded);
    turns.decide(List.of(new Queued(new ClusterEvent.LeadershipBegan(), ports.clock().nanos())));
    return turns;
  }

  private static String uuid(RandomGenerator random) {
    long high = (random.nextLong() & ~0xF000L) | 0x4000L;
    long low = (random.nextLong() & ~(3L << 62)) | (2L << 62);
    return new UUID(high, low).toString();
  }

  private static void await(CompletableFuture<@Nullable Void> commit)
      throws StoreException, InterruptedException {
    try {
      commit.get();
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  private static StoreException failure(@Nullable Throwable cause) {
    return cause instanceof StoreException known
        ? known
        : new StoreException("the store failed: " + cause, cause);
  }

  /// The last durable state.
  public Snapshot snapshot() {
    return snapshot;
  }

  /// True when the next epoch's revisions would be touched: another term must begin.
  boolean isWornOut() {
    return snapshot.revision() - (term.epoch() << EPOCH_SHIFT) >= (1L << EPOCH_SHIFT) - 1_000;
  }

  /// Whether another turn may be decided already.
  public boolean mayDecide() {
    return underWay.size() < UNDER_WAY_MAX;
  }

  /// Whether nothing is being committed.
  boolean isIdle() {
    return underWay.isEmpty();
  }

  /// Decides the events as one turn and begins its commit.
  void decide(List<Queued> batch) {
    long begun = ports.clock().nanos();
    Turn turn = core.begin(ahead, ports.clock().now(), random);
    List<String> names = new ArrayList<>(batch.size());
    for (Queued queued : batch) {
      long started = ports.clock().nanos();
      turn.handle(queued.event());
      String name = queued.event().name();
      names.add(name);
      ports.metrics().decided(name, started - queued.sinceNanos(), ports.clock().nanos() - started);
    }
    Decision decision = turn.end();
    ahead = decision.state();
    List<List<Write>> stages = StateCodec.writes(decision.mutations(), ahead);
    ports.metrics().turn(batch.size(), ports.clock().nanos() - begun);
    CompletableFuture<@Nullable Void> commit =
        stages.isEmpty()
            ? CompletableFuture.completedFuture(null)
            : ports.store().commit(term, stages);
    underWay.add(
        new UnderWay(
            decision, stages.isEmpty() ? List.of() : names, commit, ports.clock().nanos()));
    var _ = commit.whenComplete((_, _) -> ports.audience().committed());
  }

  /// Decides events as one turn; for whoever drives the turns without a queue.
  public void decideNow(List<ClusterEvent> events) {
    long now = ports.clock().nanos();
    decide(events.stream().map(event -> new Queued(event, now)).toList());
  }

  /// Publishes the turns that have become durable, in order, and does outside what they decided.
  /// Call it only while the term holds.
  public void advance() throws StoreException {
    while (!underWay.isEmpty() && underWay.getFirst().commit().isDone()) {
      UnderWay turn = underWay.removeFirst();
      measure(turn);
      publish(turn.decision());
    }
  }

  private void measure(UnderWay turn) throws StoreException {
    long nanos = ports.clock().nanos() - turn.begunNanos();
    boolean stored = !turn.durable().isEmpty();
    try {
      turn.commit().join();
    } catch (CompletionException e) {
      ports.metrics().storeCommit(nanos, false);
      throw failure(e.getCause());
    }
    if (stored) {
      ports.metrics().storeCommit(nanos, true);
      turn.durable().forEach(event -> ports.metrics().committed(event, nanos));
    }
  }

  private void publish(Decision decision) {
    Snapshot before = snapshot;
    List<Event> events = new ArrayList<>();
    long revision = before.revision() + 1;
    for (Effect effect : decision.effects()) {
      if (effect instanceof Effect.Report report) {
        events.add(report.event().toBuilder().setRevision(revision).build());
      }
    }
    Changes changes = ChangeCollector.collect(before.state(), decision, events);
    boolean visible = !changes.isEmpty();
    snapshot = new Snapshot(decision.state(), visible ? revision : before.revision());
    ports.audience().published(snapshot);
    run(decision.effects());
    if (visible) {
      ports.metrics().published(snapshot.state());
      ChangeCollector.countPlacements(decision.instances(), ports.metrics());
      ports.audience().changed(before, snapshot, changes);
    }
  }

  private void run(List<Effect> effects) {
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.Complete complete ->
            ports.audience().answered(complete.requestId(), complete.outcome());
        case Effect.Send send ->
            ports.sessions().send(send.node(), send.sessionId(), send.message());
        case Effect.CloseSession close ->
            ports.sessions().close(close.node(), close.sessionId(), close.refusal());
        case Effect.Report _ -> {}
      }
    }
  }
}
