package dev.berth.controller.loop;

import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.ControllerCore;
import dev.berth.controller.core.CoreSettings;
import dev.berth.controller.core.Outcome;
import dev.berth.controller.core.Refusal;
import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.store.ClusterStore;
import dev.berth.controller.store.LeaderElection;
import dev.berth.controller.store.LeaderTerm;
import dev.berth.controller.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The only writer. One thread campaigns for leadership, loads the state, and then takes what is
/// queued, up to a bound, as one turn after the other. Turns follow each other without timers:
/// under
/// load a turn's batch grows while the one before is committed, idle it is decided at once.
public final class ControllerLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControllerLoop.class);
  private static final int TURN_EVENTS = 4_096;
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long CLOSE_MILLIS = 5_000;

  private final Ports ports;
  private final ControllerCore core;
  private final Inbox inbox = new Inbox();
  private final Map<Long, CompletableFuture<Outcome>> waiting = new ConcurrentHashMap<>();
  private final AtomicLong requestIds = new AtomicLong();
  private final CompletableFuture<String> failure = new CompletableFuture<>();
  private final Thread thread;
  private volatile @Nullable Snapshot published;
  private volatile boolean closing;

  /// What the loop talks to.
  ///
  /// @param store where state survives
  /// @param election who leads
  /// @param sessions where messages to agents go
  /// @param listener follows the published state
  /// @param metrics what is measured
  /// @param clock the time
  public record Ports(
      ClusterStore store,
      LeaderElection election,
      SessionPort sessions,
      SnapshotListener listener,
      LoopMetrics metrics,
      LoopClock clock) {}

  /// A loop that has not been started.
  public ControllerLoop(Ports ports, CoreSettings settings) {
    this.ports = ports;
    this.core = new ControllerCore(settings);
    this.thread = Thread.ofPlatform().name("controller-loop").unstarted(this::run);
  }

  /// Starts to campaign for leadership.
  public void start() {
    thread.start();
  }

  /// Hands in a request and answers when it is durable or refused; never completes exceptionally.
  /// Refuses at once with UNAVAILABLE when this controller does not lead and RESOURCE_EXHAUSTED
  /// when too much waits.
  ///
  /// @param event makes the event from the request id that the loop chose
  public CompletableFuture<Outcome> request(LongFunction<ClusterEvent.Request> event) {
    long id = requestIds.incrementAndGet();
    CompletableFuture<Outcome> answer = new CompletableFuture<>();
    waiting.put(id, answer);
    if (published == null) {
      complete(id, refused(RefusalCode.UNAVAILABLE, "this controller does not lead; try again"));
    } else if (!inbox.offer(new Queued(event.apply(id), ports.clock().nanos()))) {
      complete(
          id,
          refused(
              RefusalCode.OVERLOADED,
              "this controller has too many requests waiting and took this one not: repeat it in a"
                  + " second, and wait longer each time"));
    } else if (published == null) {
      // The leadership may have ended after the queue was emptied.
      complete(id, unknown("this controller does not lead any more"));
    }
    return answer;
  }

  /// Hands in an event from a session.
  ///
  /// @return false when it was not taken, because too much waits or this controller does not lead:
  ///     close the session
  public boolean offer(ClusterEvent.FromSession event) {
    return published != null && inbox.offer(new Queued(event, ports.clock().nanos()));
  }

  /// The state as last published; empty while this controller does not lead.
  public Optional<Snapshot> snapshot() {
    return Optional.ofNullable(published);
  }

  /// Completes with the reason, for people, when this loop has ended by itself because it can never
  /// lead: the store's layout is not its own.
  public CompletableFuture<String> failure() {
    return failure.copy();
  }

  /// Stops, gives up the leadership and waits until that is done, at most a few seconds. The ports
  /// are not closed.
  @Override
  public void close() {
    closing = true;
    try {
      if (published != null) {
        // A commit under way is let through: interrupting it would leave its outcome unknown.
        inbox.signal();
        thread.join(CLOSE_MILLIS);
      }
      thread.interrupt();
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closing && !failure.isDone()) {
      try {
        LeaderTerm term = ports.election().campaign();
        String reason = lead(term);
        LOG.info("Leadership of epoch {} ended: {}", term.epoch(), reason);
      } catch (InterruptedException _) {
        if (!closing) {
          LOG.error("The loop was interrupted by something other than its end; going on");
        }
      }
    }
  }

  /// Leads until the term ends, and says why it did.
  private String lead(LeaderTerm term) {
    String reason = "the controller stops";
    try {
      LOG.info("Leading with epoch {}", term.epoch());
      Turns turns =
          Turns.begin(
              new Turns.Ports(
                  ports.store(), ports.sessions(), audience(), ports.metrics(), ports.clock()),
              core,
              term,
              RandomGeneratorFactory.of("L64X128MixRandom").create(seed()));
      reason = turn(turns, term);
    } catch (StoreException.Fenced e) {
      reason = "fenced: " + e.getMessage();
    } catch (StoreException.OtherLayout e) {
      reason = String.valueOf(e.getMessage());
      failure.complete(reason);
    } catch (StoreException e) {
      reason = "the store failed: " + e.getMessage();
    } catch (InterruptedException _) {
      reason = "the controller stops";
    } catch (RuntimeException e) {
      LOG.error("Unexpected exception in the loop: giving up the leadership", e);
      reason = "unexpected exception: " + e;
    } finally {
      step(term, reason);
    }
    return reason;
  }

  private static long seed() {
    return UUID.randomUUID().getMostSignificantBits() ^ System.nanoTime();
  }

  private Turns.Audience audience() {
    return new Turns.Audience() {
      private @Nullable Snapshot first;

      @Override
      public void published(Snapshot snapshot) {
        published = snapshot;
        if (first == null) {
          first = snapshot;
          ports.listener().leadershipBegan(snapshot);
        }
      }

      @Override
      public void answered(long requestId, Outcome outcome) {
        complete(requestId, outcome);
      }

      @Override
      public void changed(Snapshot before, Snapshot after, Changes changes) {
        if (first == null || after.revision() > first.revision()) {
          ports.listener().published(before, after, changes);
        }
      }

      @Override
      public void committed() {
        inbox.signal();
      }
    };
  }

  private String turn(Turns turns, LeaderTerm term) throws StoreException, InterruptedException {
    long nextTick = ports.clock().nanos() + TICK_NANOS;
    List<Queued> batch = new ArrayList<>();
    while (!closing) {
      if (!ports.election().holds(term)) {
        fail(batch, unknown("this controller does not lead any more"));
        return "the lease could not be kept";
      }
      turns.advance();
      if (turns.isWornOut()) {
        fail(batch, unknown("this controller begins another term"));
        return "the epoch's revisions are used up";
      }
      boolean mayDecide = turns.mayDecide();
      if (mayDecide && ports.clock().nanos() - nextTick >= 0) {
        // Before the tick, which judges who is silent: what is acknowledged has been counted.
        batch.addAll(inbox.takeHeartbeats());
        batch.add(new Queued(new ClusterEvent.Tick(), ports.clock().nanos()));
        nextTick = ports.clock().nanos() + TICK_NANOS;
      }
      if (mayDecide && !batch.isEmpty()) {
        turns.decide(batch);
        batch = new ArrayList<>();
      } else {
        long wait = mayDecide ? nextTick - ports.clock().nanos() : TICK_NANOS;
        batch.addAll(inbox.take(mayDecide ? TURN_EVENTS : 0, wait));
      }
    }
    return finish(turns, term);
  }

  /// Waits for the commits under way, so that their outcome is known.
  private String finish(Turns turns, LeaderTerm term) throws StoreException, InterruptedException {
    while (!turns.isIdle() && ports.election().holds(term)) {
      var _ = inbox.take(0, TICK_NANOS);
      turns.advance();
    }
    return "the controller stops";
  }

  /// Ends a term: from here on nothing of it is served.
  private void step(LeaderTerm term, String reason) {
    boolean interrupted = Thread.interrupted();
    boolean served = published != null;
    published = null;
    if (served) {
      try {
        ports.listener().leadershipEnded(reason);
      } catch (RuntimeException e) {
        LOG.error("The end of the leadership could not be told", e);
      }
    }
    ports.election().resign(term);
    fail(
        inbox.drain(),
        refused(RefusalCode.UNAVAILABLE, "this controller does not lead; try again"));
    List.copyOf(waiting.keySet()).forEach(id -> complete(id, unknown(reason)));
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void fail(List<Queued> events, Outcome outcome) {
    for (Queued queued : events) {
      if (queued.event() instanceof ClusterEvent.Request request) {
        complete(request.requestId(), outcome);
      }
    }
  }

  private void complete(long requestId, Outcome outcome) {
    CompletableFuture<Outcome> answer = waiting.remove(requestId);
    if (answer != null) {
      answer.complete(outcome);
    }
  }

  private static Outcome refused(RefusalCode code, String message) {
    return new Outcome.Refused(new Refusal(code, message));
  }

  private static Outcome unknown(String reason) {
    return refused(
        RefusalCode.UNAVAILABLE,
        reason
            + "; the request was carried out wholly or not at all: repeat it with the same request"
            + " id or etag");
  }
}
