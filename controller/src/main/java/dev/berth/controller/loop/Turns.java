package dev.berth.controller.loop;

import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.ControllerCore;
import dev.berth.controller.core.Decision;
import dev.berth.controller.core.Effect;
import dev.berth.controller.core.Mutation;
import dev.berth.controller.core.Outcome;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.Now;
import dev.berth.controller.loop.ControllerLoop.Queued;
import dev.berth.controller.store.ClusterStore.Write;
import dev.berth.controller.store.LeaderTerm;
import dev.berth.controller.store.StateCodec;
import dev.berth.controller.store.StoreException;
import dev.berth.v1.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.ObjLongConsumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/// The turns of one term: decide, commit, publish, then run effects. Used by the loop's thread
/// alone.
final class Turns {
  private static final int EPOCH_SHIFT = 24;

  private final ControllerLoop.Ports ports;
  private final ControllerCore core;
  private final LeaderTerm term;
  private final ObjLongConsumer<Outcome> completer;
  private final RandomGenerator random =
      RandomGeneratorFactory.of("L64X128MixRandom").create(seed());
  private final List<Effect> effects = new ArrayList<>();
  private Snapshot snapshot;
  private @Nullable Announcement announcement;

  /// What the listener is to be told.
  private record Announcement(Snapshot before, Snapshot after, Changes changes) {}

  private Turns(
      ControllerLoop.Ports ports,
      ControllerCore core,
      LeaderTerm term,
      ObjLongConsumer<Outcome> completer,
      ClusterState loaded) {
    this.ports = ports;
    this.core = core;
    this.term = term;
    this.completer = completer;
    this.snapshot = new Snapshot(loaded, term.epoch() << EPOCH_SHIFT);
  }

  /// Loads the state, founding the cluster when there is none, and takes the first turn.
  static Turns begin(
      ControllerLoop.Ports ports, ControllerCore core, LeaderTerm term, RequestCompleter completer)
      throws StoreException {
    ClusterState loaded = StateCodec.decode(ports.store().load(term), term.epoch(), now());
    if (loaded == null) {
      String uid = UUID.randomUUID().toString();
      ports.store().commit(term, List.of(StateCodec.founding(uid, now())));
      loaded = ClusterState.empty(uid, term.epoch());
    }
    Turns turns =
        new Turns(ports, core, term, (outcome, id) -> completer.complete(id, outcome), loaded);
    turns.decide(List.of(new Queued(new ClusterEvent.LeadershipBegan(), System.nanoTime())));
    turns.announcement = null;
    return turns;
  }

  /// Where answers go.
  @FunctionalInterface
  interface RequestCompleter {
    void complete(long requestId, Outcome outcome);
  }

  private static long seed() {
    return UUID.randomUUID().getMostSignificantBits() ^ System.nanoTime();
  }

  private static Now now() {
    return new Now(System.nanoTime() / 1_000_000, Instant.now());
  }

  Snapshot snapshot() {
    return snapshot;
  }

  /// True when the next epoch's revisions would be touched: another term must begin.
  boolean isWornOut() {
    return snapshot.revision() - (term.epoch() << EPOCH_SHIFT) >= (1L << EPOCH_SHIFT) - 2;
  }

  /// Decides the events, commits, and answers with the state after them. Effects wait for
  /// [#runEffects], so that whoever they reach finds the new state published.
  Snapshot take(List<Queued> batch) throws StoreException {
    if (!batch.isEmpty()) {
      decide(batch);
    }
    return snapshot;
  }

  private void decide(List<Queued> batch) throws StoreException {
    Now now = now();
    ClusterState state = snapshot.state();
    List<Mutation> mutations = new ArrayList<>();
    List<String> durable = new ArrayList<>();
    for (Queued queued : batch) {
      long begun = System.nanoTime();
      Decision decision = core.decide(state, queued.event(), now, random);
      state = decision.state();
      mutations.addAll(decision.mutations());
      effects.addAll(decision.effects());
      String name = queued.event().name();
      if (decision.mutations().stream().anyMatch(m -> m instanceof Mutation.Durable)) {
        durable.add(name);
      }
      ports.metrics().decided(name, begun - queued.sinceNanos(), System.nanoTime() - begun);
    }
    commit(StateCodec.writes(mutations, state), durable);
    publish(state, mutations);
  }

  private void commit(List<Write> writes, List<String> events) throws StoreException {
    if (writes.isEmpty()) {
      return;
    }
    long begun = System.nanoTime();
    boolean success = false;
    try {
      ports.store().commit(term, writes);
      success = true;
    } finally {
      ports.metrics().storeCommit(System.nanoTime() - begun, success);
    }
    long nanos = System.nanoTime() - begun;
    events.forEach(event -> ports.metrics().committed(event, nanos));
  }

  private void publish(ClusterState state, List<Mutation> mutations) {
    Snapshot before = snapshot;
    List<Event> events = new ArrayList<>();
    long revision = before.revision() + 1;
    for (Effect effect : effects) {
      if (effect instanceof Effect.Report report) {
        events.add(report.event().toBuilder().setRevision(revision).build());
      }
    }
    Changes changes = ChangeCollector.collect(before.state(), mutations, events);
    boolean visible = !changes.isEmpty();
    snapshot = new Snapshot(state, visible ? revision : before.revision());
    if (visible) {
      announcement = new Announcement(before, snapshot, changes);
      ports.metrics().published(state);
      ChangeCollector.countPlacements(before.state(), mutations, ports.metrics());
    }
  }

  /// Does outside what the turn decided, and tells the listener.
  void runEffects() {
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.Complete complete -> completer.accept(complete.outcome(), complete.requestId());
        case Effect.Send send ->
            ports.sessions().send(send.node(), send.sessionId(), send.message());
        case Effect.CloseSession close ->
            ports.sessions().close(close.node(), close.sessionId(), close.refusal());
        case Effect.Report _ -> {}
      }
    }
    effects.clear();
    Announcement news = announcement;
    announcement = null;
    if (news != null) {
      ports.listener().published(news.before(), news.after(), news.changes());
    }
  }
}
