package dev.berth.simulation.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Chooses what goes wrong in a run.
public final class FaultPlan {
  private static final long MEAN_MILLIS = 12_000;

  private FaultPlan() {}

  /// Faults of all kinds, some of them together.
  ///
  /// @param millis how long faults may begin
  public static List<Fault> random(RandomGenerator random, long millis) {
    List<Fault> faults = new ArrayList<>();
    // Some runs are calm, some stormy.
    double mean = MEAN_MILLIS * (0.3 + 2 * random.nextDouble());
    long at = (long) (mean * random.nextExponential());
    while (at < millis) {
      FaultKind[] kinds = FaultKind.values();
      FaultKind kind = kinds[random.nextInt(kinds.length)];
      long spread = kind.mostMillis() - kind.leastMillis();
      long lasts = kind.leastMillis() + (long) (spread * Math.pow(random.nextDouble(), 2));
      faults.add(new Fault(kind, at, lasts, random.nextInt(1 << 20)));
      at += (long) (mean * random.nextExponential());
    }
    return faults;
  }
}
