package dev.berth.simulation.controller;

import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.ControllerCore;
import dev.berth.controller.core.Outcome;
import dev.berth.controller.core.Refusal;
import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.loop.Changes;
import dev.berth.controller.loop.LoopMetrics;
import dev.berth.controller.loop.Snapshot;
import dev.berth.controller.loop.Turns;
import dev.berth.controller.store.LeaderTerm;
import dev.berth.controller.store.StoreException;
import dev.berth.simulation.fault.PlantedBug;
import dev.berth.simulation.kernel.Signal;
import dev.berth.simulation.kernel.SimulatedProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One life of a controller's process, from its start to its death: campaigns, takes turns while it
/// leads, and campaigns again. The turns, what they decide and how they are stored are the real
/// ones; the queue and the thread are simulated.
final class ControllerLife implements Turns.Audience {
  private static final long TICK_NANOS = 250_000_000L;
  private static final int TURN_EVENTS = 4_096;

  private final ControllerWiring wiring;
  private final SimulatedProcess process;
  private final SimulatedElection election;
  private final ControllerSessions sessions;
  private final RandomGenerator random;
  private final Signal signal;
  private final List<ClusterEvent> fromAgents = new ArrayList<>();
  private final List<ClusterEvent> fromUsers = new ArrayList<>();
  private final Map<Long, Consumer<Outcome>> waiting = new TreeMap<>();
  private @Nullable Snapshot published;
  private @Nullable LeaderTerm term;
  private long lastRequest;

  ControllerLife(ControllerWiring wiring, SimulatedProcess process, RandomGenerator random) {
    this.wiring = wiring;
    this.process = process;
    this.random = random;
    this.signal = new Signal(process);
    this.sessions = new ControllerSessions(this, wiring);
    this.election =
        new SimulatedElection(wiring.etcd(), process, wiring.bugs(), random.nextLong(50_000_000L));
  }

  SimulatedProcess process() {
    return process;
  }

  ControllerSessions sessions() {
    return sessions;
  }

  @Nullable Snapshot snapshot() {
    return published;
  }

  /// The epoch that it leads in; 0: it does not.
  long epoch() {
    LeaderTerm now = term;
    return now == null || published == null ? 0 : now.epoch();
  }

  void run() {
    try {
      while (true) {
        lead(election.campaign());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void lead(LeaderTerm won) throws InterruptedException {
    String reason = "";
    term = won;
    try {
      wiring.observer().began(process.name(), won.epoch());
      ShiftedClock clock = new ShiftedClock(process.clock());
      if (wiring.bugs().has(PlantedBug.AMNESTY_SKIPPED)) {
        clock.shiftOnce(-30_000_000_000L);
      }
      Turns turns =
          Turns.begin(
              new Turns.Ports(wiring.store(process), sessions, this, LoopMetrics.none(), clock),
              new ControllerCore(wiring.settings()),
              won,
              random);
      reason = turn(turns, won);
    } catch (StoreException e) {
      reason = String.valueOf(e.getMessage());
    } catch (RuntimeException e) {
      wiring.observer().failed("a controller's loop met " + e + at(e));
    } finally {
      step(won, reason);
    }
  }

  private static String at(RuntimeException e) {
    StackTraceElement[] trace = e.getStackTrace();
    return trace.length == 0 ? "" : " at " + trace[0];
  }

  private String turn(Turns turns, LeaderTerm won) throws StoreException {
    long nextTick = now() + TICK_NANOS;
    List<ClusterEvent> batch = new ArrayList<>();
    while (true) {
      if (!election.holds(won)) {
        return "the lease could not be kept";
      }
      turns.advance();
      boolean mayDecide = turns.mayDecide();
      if (mayDecide && now() - nextTick >= 0) {
        batch.add(new ClusterEvent.Tick());
        nextTick = now() + TICK_NANOS;
      }
      if (mayDecide) {
        take(fromAgents, batch);
        take(fromUsers, batch);
      }
      if (mayDecide && !batch.isEmpty()) {
        turns.decideNow(batch);
        batch = new ArrayList<>();
      } else {
        signal.await(mayDecide ? nextTick - now() : TICK_NANOS);
      }
    }
  }

  private static void take(List<ClusterEvent> from, List<ClusterEvent> to) {
    List<ClusterEvent> taken = from.subList(0, Math.min(from.size(), TURN_EVENTS));
    to.addAll(taken);
    taken.clear();
  }

  private long now() {
    return process.clock().nanos();
  }

  private void step(LeaderTerm won, String reason) {
    if (!wiring.bugs().has(PlantedBug.STALE_SNAPSHOT_SERVED)) {
      published = null;
    }
    term = null;
    wiring.trace("deposed", process.name(), won.epoch());
    wiring.remark(process.name() + ": epoch " + won.epoch() + " ended: " + reason);
    election.resign(won);
    fromAgents.clear();
    fromUsers.clear();
    sessions.closeAll("this controller does not lead any more");
    for (Consumer<Outcome> each : List.copyOf(waiting.values())) {
      each.accept(unavailable());
    }
    waiting.clear();
  }

  private static Outcome unavailable() {
    return new Outcome.Refused(
        new Refusal(RefusalCode.UNAVAILABLE, "this controller does not lead"));
  }

  /// Takes a request.
  void request(LongFunction<ClusterEvent.Request> event, Consumer<Outcome> answer) {
    if (epoch() == 0) {
      answer.accept(unavailable());
      return;
    }
    long id = ++lastRequest;
    waiting.put(id, answer);
    fromUsers.add(event.apply(id));
    signal.call();
  }

  /// Takes an event of a session.
  ///
  /// @return false when it does not lead
  boolean offer(ClusterEvent.FromSession event) {
    if (epoch() == 0) {
      return false;
    }
    fromAgents.add(event);
    signal.call();
    return true;
  }

  @Override
  public void published(Snapshot snapshot) {
    published = snapshot;
    wiring.observer().published(process.name(), snapshot);
  }

  @Override
  public void answered(long requestId, Outcome outcome) {
    Consumer<Outcome> answer = waiting.remove(requestId);
    if (answer != null) {
      acts();
      answer.accept(outcome);
    }
  }

  void acts() {
    LeaderTerm now = term;
    if (now != null) {
      wiring.observer().acts(process.name(), now.epoch());
    }
  }

  @Override
  public void changed(Snapshot before, Snapshot after, Changes changes) {
    wiring.trace("changed", process.name(), after.revision());
  }

  @Override
  public void committed() {
    signal.call();
  }
}
