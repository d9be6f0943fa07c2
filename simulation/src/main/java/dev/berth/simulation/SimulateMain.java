package dev.berth.simulation;

import dev.berth.simulation.fault.Bugs;
import dev.berth.simulation.fault.Fault;
import dev.berth.simulation.fault.PlantedBug;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/// Runs seeds, and makes those that fail small. Ends with 0 when every invariant held, 1 when one
/// did not, 2 when the command line is wrong.
public final class SimulateMain {
  private final SimulateOptions options;
  private final PrintStream out;

  private SimulateMain(SimulateOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /// Runs what the arguments ask for.
  public static void main(String[] arguments) {
    Logger.getLogger("").setLevel(Level.OFF);
    PrintStream out = System.out;
    List<String> all = List.of(arguments);
    if (all.equals(List.of("--bug", "list"))) {
      Arrays.stream(PlantedBug.values()).forEach(out::println);
      return;
    }
    try {
      System.exit(new SimulateMain(SimulateOptions.parse(all), out).run() ? 0 : 1);
    } catch (SimulateOptions.WrongUsageException e) {
      out.println("simulate: " + e.getMessage());
      out.print(SimulateOptions.USAGE);
      System.exit(2);
    }
  }

  private boolean run() {
    Bugs bugs = new Bugs(options.bugs());
    long begun = System.nanoTime();
    long virtual = 0;
    long events = 0;
    long seeds = 0;
    boolean good = true;
    for (long seed = options.first(); seed <= options.last() && good; seed++) {
      Scenario scenario = options.scenario(seed);
      Simulation.Result result =
          Simulation.run(seed, scenario, bugs, options.trace() ? out::println : null);
      seeds++;
      virtual += result.nanos();
      events += result.events();
      if (options.first() == options.last()) {
        out.printf("seed %d: trace hash %016x%n", seed, result.hash());
      }
      if (result.violation().isPresent()) {
        good = false;
        report(seed, scenario, bugs, result);
      }
      if (options.seconds() > 0 && System.nanoTime() - begun > options.seconds() * 1_000_000_000L) {
        break;
      }
    }
    // The CPU time of the whole process, with what the compiler and the collector took of it.
    double seconds = cpuSeconds();
    out.printf(
        "%d seeds, %s; %.1f simulated hours in %.1f s of one core: %.0f per core-hour; %.1f us per"
            + " event%n",
        seeds,
        good ? "all good" : "one failed",
        virtual / 3.6e12,
        seconds,
        virtual / 1e9 / seconds,
        seconds * 1e6 / Math.max(1, events));
    return good;
  }

  private static double cpuSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  private void report(long seed, Scenario scenario, Bugs bugs, Simulation.Result result) {
    var violation = result.violation().orElseThrow();
    out.println("seed " + seed + ": " + violation);
    if (options.trace()) {
      return;
    }
    out.println("shrinking…");
    Scenario small = new Shrinker(seed, bugs, violation.invariant()).shrink(scenario);
    Simulation.run(seed, small, bugs, null)
        .violation()
        .ifPresent(each -> out.println("with less: " + each));
    small.faults().forEach(each -> out.println("  " + each));
    out.println("replay: " + command(seed, small));
  }

  private String command(long seed, Scenario small) {
    List<Fault> planned = Simulation.scenario(seed).faults();
    String kept =
        small.faults().stream()
            .map(each -> String.valueOf(planned.indexOf(each)))
            .collect(Collectors.joining(","));
    String planted =
        options.bugs().stream().map(each -> " --bug " + each).collect(Collectors.joining());
    return "./simulate --seed %d%s --faults %s --wishes %d --chaos %d --trace"
        .formatted(
            seed, planted, kept.isEmpty() ? "none" : kept, small.wishes(), small.chaosMillis());
  }
}
