package dev.berth.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.simulation.check.Violation;
import dev.berth.simulation.fault.Bugs;
import dev.berth.simulation.fault.PlantedBug;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Proves the invariants: each planted bug is caught, or they are worth nothing.
class PlantedBugsIT {
  private static final int SEEDS = 1_000;

  @ParameterizedTest
  @EnumSource
  void isCaught(PlantedBug bug) {
    Bugs bugs = new Bugs(Set.of(bug));
    Optional<Violation> caught = Optional.empty();
    int seed = 0;
    while (caught.isEmpty() && seed < SEEDS) {
      seed++;
      caught = Simulation.run(seed, Simulation.scenario(seed), bugs, null).violation();
    }
    assertTrue(caught.isPresent(), bug + " was not caught within " + SEEDS + " seeds");
    System.out.printf("%s: caught in seed %d: %s%n", bug, seed, caught.get());
  }
}
