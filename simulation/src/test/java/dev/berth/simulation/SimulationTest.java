package dev.berth.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.simulation.fault.Bugs;
import dev.berth.simulation.fault.PlantedBug;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulationTest {
  private static final Bugs NONE = new Bugs(Set.of());

  /// Seeds that once found something, in Berth or in the simulation itself.
  @ParameterizedTest
  @ValueSource(longs = {9, 21, 24, 165, 245, 313, 460})
  void seedsThatOnceFoundSomethingAreGood(long seed) {
    assertEquals(
        Optional.empty(), Simulation.run(seed, Simulation.scenario(seed), NONE, null).violation());
  }

  @Test
  void sameSeedDoesTheSameAgainAndAnotherSeedDoesNot() {
    Simulation.Result first = Simulation.run(7, Simulation.scenario(7), NONE, null);
    Simulation.Result again = Simulation.run(7, Simulation.scenario(7), NONE, null);
    Simulation.Result other = Simulation.run(8, Simulation.scenario(8), NONE, null);
    assertEquals(first, again);
    assertNotEquals(first.hash(), other.hash());
  }

  @Test
  void sameSeedHasTheSameTraceHashInAnotherJvm() throws Exception {
    Simulation.Result here = Simulation.run(7, Simulation.scenario(7), NONE, null);
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path").replace(" ", "")));
    command.addAll(List.of(SimulateMain.class.getName(), "--seed", "7"));
    Process there =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .start();
    String said = new String(there.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(there.waitFor(60, TimeUnit.SECONDS));
    assertTrue(said.contains("trace hash %016x".formatted(here.hash())), said);
  }

  @Test
  void failingRunIsMadeSmallAndStillFails() {
    Bugs bugs = new Bugs(Set.of(PlantedBug.EPOCH_FORGOTTEN));
    Scenario scenario = Simulation.scenario(1);
    int invariant = Simulation.run(1, scenario, bugs, null).violation().orElseThrow().invariant();
    Scenario small = new Shrinker(1, bugs, invariant).shrink(scenario);
    assertTrue(small.faults().size() < scenario.faults().size());
    assertEquals(
        invariant, Simulation.run(1, small, bugs, null).violation().orElseThrow().invariant());
  }
}
