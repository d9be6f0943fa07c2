package dev.berth.simulation;

import dev.berth.simulation.check.Violation;
import dev.berth.simulation.check.ViolationException;
import dev.berth.simulation.fault.Bugs;
import dev.berth.simulation.fault.Fault;
import dev.berth.simulation.fault.FaultPlan;
import dev.berth.simulation.kernel.Kernel;
import dev.berth.simulation.kernel.Trace;
import dev.berth.simulation.user.WorkloadOwner;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One run: a cluster comes up, users and faults make it hard for a while, everything heals, and
/// then desired must be reached, and nothing be written any more.
public final class Simulation {
  private static final long SECOND = 1_000_000_000L;
  private static final long START_MILLIS = 10_000;
  private static final long CHAOS_MILLIS = 180_000;
  private static final long HEAL_MILLIS = 60_000;
  private static final long ROLLOUT_MILLIS = 240_000;
  private static final long QUIET_MILLIS = 60_000;

  private final World world;
  private final Scenario scenario;
  private final RandomGenerator pace;
  private final double meanPause;
  private long wishes;
  private boolean chaos;

  /// How a run ended.
  ///
  /// @param violation what was found; empty when every invariant held
  /// @param hash of everything that happened
  /// @param events how many events were simulated
  /// @param nanos how much virtual time passed
  public record Result(Optional<Violation> violation, long hash, long events, long nanos) {}

  private Simulation(World world, Scenario scenario) {
    this.world = world;
    this.scenario = scenario;
    this.pace = world.kernel().random("pace");
    // Some users are in a hurry; in other runs next to nothing is asked for.
    this.meanPause = 2 * SECOND + 30 * SECOND * Math.pow(pace.nextDouble(), 2);
  }

  /// What a seed stands for.
  public static Scenario scenario(long seed) {
    RandomGenerator random = new Kernel(seed, new Trace(null)).random("plan");
    List<Fault> faults = FaultPlan.random(random, CHAOS_MILLIS);
    return new Scenario(World.Size.SMALL, faults, Long.MAX_VALUE, CHAOS_MILLIS);
  }

  /// Runs a seed.
  ///
  /// @param reader is given each line of the trace; null: nobody reads
  public static Result run(
      long seed, Scenario scenario, Bugs bugs, @Nullable Consumer<String> reader) {
    Trace trace = new Trace(reader);
    World world = new World(seed, scenario.size(), bugs, trace);
    Optional<Violation> violation = Optional.empty();
    try {
      new Simulation(world, scenario).run();
    } catch (ViolationException e) {
      violation = Optional.of(e.violation());
    }
    return new Result(violation, trace.hash(), world.kernel().executed(), world.kernel().now());
  }

  private void run() {
    FaultInjector injector = new FaultInjector(world);
    world.start();
    world.pass(START_MILLIS);
    chaos = true;
    scenario.faults().forEach(injector::plan);
    world.owners().forEach(this::keepAsking);
    world.pass(scenario.chaosMillis());
    chaos = false;
    heal(injector);
    converged();
  }

  private void keepAsking(WorkloadOwner owner) {
    world
        .kernel()
        .after(
            (long) (meanPause * pace.nextExponential()),
            () -> {
              owner.read();
              if (chaos) {
                if (wishes < scenario.wishes() && owner.isIdle()) {
                  wishes++;
                  owner.act();
                }
                keepAsking(owner);
              }
            });
  }

  private void heal(FaultInjector injector) {
    injector.heal();
    for (long left = HEAL_MILLIS; left > 0; left -= 1_000) {
      world.pass(1_000);
      // Faults that were planned to end later end now.
      injector.heal();
      world.owners().forEach(WorkloadOwner::settle);
    }
  }

  private void converged() {
    // What is being rolled out one by one takes its time, which no fault makes longer.
    for (long left = ROLLOUT_MILLIS; left > 0 && isRolling(); left -= 1_000) {
      world.pass(1_000);
    }
    String wrong = unsettled();
    if (!wrong.isEmpty()) {
      world.violations().add(13, wrong + "60 s after the last fault");
    }
    long before = world.etcd().model().revision();
    world.pass(QUIET_MILLIS);
    long writes = world.etcd().model().revision() - before;
    if (writes != 0) {
      world.violations().add(13, "was written " + writes + " times although nothing happened");
    }
    world.violations().raise();
  }

  private String unsettled() {
    Map<String, Long> live = world.liveBySlot();
    StringBuilder wrong = new StringBuilder();
    for (WorkloadOwner owner : world.owners()) {
      if (!owner.isIdle()) {
        wrong.append(owner.name()).append(" got no answer; ");
      }
      wrong.append(owner.unsettled(live));
    }
    return wrong.toString();
  }

  private boolean isRolling() {
    return world.owners().stream().anyMatch(WorkloadOwner::isRolling);
  }
}
