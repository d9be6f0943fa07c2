package dev.berth.simulation;

import dev.berth.simulation.fault.Bugs;
import dev.berth.simulation.fault.Fault;
import java.util.ArrayList;
import java.util.List;

/// Makes a failing run smaller: fewer faults, fewer wishes, less time, as long as the same
/// invariant breaks.
final class Shrinker {
  private final long seed;
  private final Bugs bugs;
  private final int invariant;

  Shrinker(long seed, Bugs bugs, int invariant) {
    this.seed = seed;
    this.bugs = bugs;
    this.invariant = invariant;
  }

  Scenario shrink(Scenario failing) {
    Scenario best = withoutFaults(failing);
    best = withFewerWishes(best);
    best = shorter(best);
    return withoutFaults(best);
  }

  /// Leaves out ever smaller groups of faults.
  private Scenario withoutFaults(Scenario failing) {
    Scenario best = failing;
    for (int group = Math.max(1, best.faults().size() / 2); group >= 1; group /= 2) {
      int from = 0;
      while (from < best.faults().size()) {
        List<Fault> fewer = new ArrayList<>(best.faults());
        fewer.subList(from, Math.min(from + group, fewer.size())).clear();
        Scenario smaller = best.with(fewer);
        if (fails(smaller)) {
          best = smaller;
        } else {
          from += group;
        }
      }
    }
    return best;
  }

  private Scenario withFewerWishes(Scenario failing) {
    long most = Math.min(failing.wishes(), 1_024);
    Scenario best = failing;
    for (long least = 0; least < most; ) {
      long middle = (least + most) / 2;
      Scenario smaller = best.withWishes(middle);
      if (fails(smaller)) {
        best = smaller;
        most = middle;
      } else {
        least = middle + 1;
      }
    }
    return best;
  }

  private Scenario shorter(Scenario failing) {
    Scenario best = failing;
    for (long millis = best.chaosMillis() / 2; millis >= 1_000; millis /= 2) {
      Scenario smaller = best.withChaos(best.chaosMillis() - millis);
      if (fails(smaller)) {
        best = smaller;
      }
    }
    return best;
  }

  private boolean fails(Scenario scenario) {
    return Simulation.run(seed, scenario, bugs, null)
        .violation()
        .filter(each -> each.invariant() == invariant)
        .isPresent();
  }
}
