package dev.berth.simulation.kernel;

import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/// Virtual time and the one queue of what happens in it. Everything simulated runs on the thread
/// that calls [#runUntil], one event after another; events of the same moment come in an order that
/// the seed chooses.
public final class Kernel {
  private static final RandomGeneratorFactory<RandomGenerator> GENERATORS =
      RandomGeneratorFactory.of("L64X128MixRandom");

  private final long seed;
  private final PriorityQueue<Event> queue = new PriorityQueue<>(1024);
  private final RandomGenerator ties;
  private final Trace trace;
  private long now;
  private long scheduled;
  private long executed;

  /// Something that will happen.
  private static final class Event implements Timer, Comparable<Event> {
    final long at;
    final int tie;
    final long order;
    final @Nullable SimulatedProcess owner;
    @Nullable Runnable body;

    Event(long at, int tie, long order, @Nullable SimulatedProcess owner, Runnable body) {
      this.at = at;
      this.tie = tie;
      this.order = order;
      this.owner = owner;
      this.body = body;
    }

    @Override
    public void cancel() {
      // It stays in the queue, where it does nothing: taking it out would cost more.
      body = null;
    }

    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(at, other.at);
      if (byTime != 0) {
        return byTime;
      }
      int byTie = Integer.compare(tie, other.tie);
      return byTie != 0 ? byTie : Long.compare(order, other.order);
    }
  }

  /// @param seed the same seed gives the same run
  public Kernel(long seed, Trace trace) {
    this.seed = seed;
    this.trace = trace;
    this.ties = random("ties");
  }

  /// Nanoseconds since the simulation began.
  public long now() {
    return now;
  }

  /// What has happened so far.
  public Trace trace() {
    return trace;
  }

  /// How many events have been executed.
  public long executed() {
    return executed;
  }

  /// A source of randomness of its own: a draw more in one place changes nothing elsewhere.
  ///
  /// @param purpose what it is for; the same purpose gives the same numbers
  public RandomGenerator random(String purpose) {
    long mixed = seed * 0x9E3779B97F4A7C15L + purpose.hashCode() * 0xC2B2AE3D27D4EB4FL;
    return GENERATORS.create(mixed ^ (mixed >>> 29));
  }

  /// Does something after a while, whoever has died in the meantime.
  ///
  /// @param delay in nanoseconds; 0: soon
  public Timer after(long delay, Runnable body) {
    return schedule(delay, null, body);
  }

  Timer schedule(long delay, @Nullable SimulatedProcess owner, Runnable body) {
    Event event = new Event(now + Math.max(0, delay), ties.nextInt(), scheduled++, owner, body);
    queue.add(event);
    return event;
  }

  /// Lets everything happen that happens until a moment, which is the present one afterwards.
  ///
  /// @param until in nanoseconds since the beginning
  public void runUntil(long until) {
    for (Event next = queue.peek(); next != null && next.at <= until; next = queue.peek()) {
      queue.poll();
      now = next.at;
      Runnable body = next.body;
      if (body != null) {
        executed++;
        if (next.owner == null) {
          body.run();
        } else {
          next.owner.execute(body);
        }
      }
    }
    now = until;
  }
}
