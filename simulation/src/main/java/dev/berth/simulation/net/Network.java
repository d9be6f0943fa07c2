package dev.berth.simulation.net;

import dev.berth.simulation.kernel.Kernel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Who can reach whom, and how long it takes. What is sent over a blocked way waits, as TCP would
/// send it again, until the way is open or the connection is given up.
public final class Network {
  private static final long LEAST_NANOS = 100_000;
  private static final long SPREAD_NANOS = 400_000;

  private final Kernel kernel;
  private final RandomGenerator random;
  private final Set<Way> blocked = new HashSet<>();
  private final List<Wire<?>> stuck = new ArrayList<>();
  private long slowNanos;

  private record Way(String from, String to) {}

  /// A network in which everyone reaches everyone.
  public Network(Kernel kernel) {
    this.kernel = kernel;
    this.random = kernel.random("network");
  }

  Kernel kernel() {
    return kernel;
  }

  /// Blocks one direction.
  public void block(String from, String to) {
    blocked.add(new Way(from, to));
  }

  /// Opens one direction.
  public void open(String from, String to) {
    blocked.remove(new Way(from, to));
    flush();
  }

  /// Opens everything.
  public void heal() {
    blocked.clear();
    slowNanos = 0;
    flush();
  }

  /// Makes every message take longer.
  public void setSlow(long nanos) {
    slowNanos = nanos;
  }

  /// How much longer every message takes.
  public long slowNanos() {
    return slowNanos;
  }

  /// Whether a way is open.
  public boolean passes(String from, String to) {
    return blocked.isEmpty() || !blocked.contains(new Way(from, to));
  }

  long latency() {
    return LEAST_NANOS + random.nextLong(SPREAD_NANOS) + slowNanos;
  }

  void wait(Wire<?> wire) {
    stuck.add(wire);
  }

  private void flush() {
    List<Wire<?>> all = List.copyOf(stuck);
    stuck.clear();
    all.forEach(Wire::tryAgain);
  }
}
