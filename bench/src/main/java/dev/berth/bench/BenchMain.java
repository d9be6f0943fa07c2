package dev.berth.bench;

import dev.berth.e2e.harness.Requirements;
import java.util.List;
import java.util.Optional;

/// Runs one benchmark by name; see `bench/run`.
public final class BenchMain {
  private BenchMain() {}

  /// Prints a table and, as the last line, one JSON object on stdout.
  public static void main(String[] args) {
    Optional<String> missing = Requirements.missing();
    if (missing.isPresent()) {
      System.err.println("bench: " + missing.get());
      System.exit(1);
    }
    try {
      run(List.of(args));
      System.exit(0);
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(2);
    }
  }

  private static void run(List<String> words) {
    String name = words.isEmpty() ? "" : words.getFirst();
    List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
    Report report = new Report(System.out);
    switch (name) {
      case "containers" ->
          new ContainersBench(Options.parse(rest, new Options(50, 3)), report).run();
      case "latency" -> new LatencyBench(Options.parse(rest, new Options(30, 1)), report).run();
      case "processes" ->
          new ProcessesBench(Options.parse(rest, new Options(200, 5)), report).run();
      case "cpu-share" -> new CpuShareBench(Options.parse(rest, new Options(1, 5)), report).run();
      case "output" -> new OutputBench(Options.parse(rest, new Options(20, 3)), report).run();
      case "exec" -> new ExecBench(Options.parse(rest, new Options(20, 5)), report).run();
      case "cli" -> new CliBench(Options.parse(rest, new Options(20, 1)), report).run();
      case "memory" -> new MemoryBench(Options.parse(rest, new Options(50, 1)), report).run();
      case "placements" ->
          new PlacementsBench(
                  ScaleOptions.parse(rest, new ScaleOptions(5_000, 100_000, 1_000, 3, false)),
                  report)
              .run();
      case "vm" -> new VmBench(Options.parse(rest, new Options(10, 3)), report).run();
      case "failover" -> new FailoverBench(Options.parse(rest, new Options(20, 1)), report).run();
      case "fleet" ->
          new FleetBench(
                  ScaleOptions.parse(rest, new ScaleOptions(10_000, 100_000, 1_000, 1, false)),
                  report)
              .run();
      default ->
          throw new IllegalArgumentException(
              "benchmark: value: \""
                  + name
                  + "\" (expected: containers, latency, processes, cpu-share, output, exec, cli,"
                  + " memory, placements, fleet, vm or failover)");
    }
  }
}
