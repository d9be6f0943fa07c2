package dev.berth.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.simulation.fault.Bugs;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// As many seeds as fit some time: 180 s, or what the property `simulation.seconds` says. Which
/// seeds is the same in every run, so that what fails here fails again.
class SeedsIT {
  private static final long SECONDS = Long.getLong("simulation.seconds", 180);
  private static final long FIRST = 1;

  @Test
  void everyInvariantHoldsForAsManySeedsAsFit() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    Bugs none = new Bugs(Set.of());
    long seed = FIRST;
    double hours = 0;
    for (; System.nanoTime() < end; seed++) {
      Simulation.Result result = Simulation.run(seed, Simulation.scenario(seed), none, null);
      hours += result.nanos() / 3.6e12;
      assertEquals(
          Optional.empty(), result.violation(), "replay: ./simulate --seed " + seed + " --trace");
    }
    System.out.printf("%d seeds, %.1f simulated hours%n", seed - FIRST, hours);
  }
}
