package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.Ending;
import dev.berth.cli.cluster.EndingWait;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import dev.berth.v1.GetWorkloadRequest;
import dev.berth.v1.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth wait`.
@Command(
    description = "Waits until workloads or slots have run for good, or run, or are healthy.",
    footer =
        "Prints the exit code of each and ends with the highest; 125 when there is none to pass.")
public final class WaitCommand extends ClusterVerb {
  private static final List<String> GOALS = List.of("exit", "running", "healthy");
  private static final Duration LONG = Duration.ofDays(3650);

  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Workloads, slots or ids.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--for",
      paramLabel = "exit|running|healthy",
      description = "What is waited for; exit unless given.")
  private String goal = "exit";

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "How long at most, such as 90s; without limit unless given (running: 5m).")
  private String timeout = "";

  /// @param terminal where it reads and writes
  public WaitCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    names.forEach(Target::requireGrammar);
    if (!GOALS.contains(goal)) {
      throw FailureException.usage(
          "--for: value: " + Printable.quote(goal) + " (expected: exit, running or healthy)");
    }
    if (!timeout.isEmpty()) {
      var _ = SlotsVerb.grace("--timeout", timeout);
    }
  }

  @Override
  protected int failureCode() {
    return goal.equals("exit") ? Ending.NO_CODE : 1;
  }

  @Override
  protected int run(Cluster cluster) {
    int exitCode = 0;
    for (String name : names) {
      Target target = Target.resolve(cluster, name);
      Workload workload =
          cluster
              .workloads()
              .getWorkload(
                  GetWorkloadRequest.newBuilder()
                      .setNamespace(cluster.namespace())
                      .setName(target.workload())
                      .build());
      if (goal.equals("exit")) {
        Ending ending = new EndingWait(cluster, target, workload).await(limit(LONG), _ -> {});
        terminal().out().println(ending.exitCode());
        exitCode = Math.max(exitCode, ending.exitCode());
      } else {
        long seconds = limit(Duration.ofMinutes(5)).toSeconds();
        new Settling(cluster, target)
            .awaitRunning(workload, goal.equals("healthy"), seconds, terminal()::say);
        terminal().out().println(name);
      }
      terminal().flush();
    }
    return exitCode;
  }

  private Duration limit(Duration otherwise) {
    return timeout.isEmpty()
        ? otherwise
        : Duration.ofSeconds(SlotsVerb.grace("--timeout", timeout).getSeconds());
  }
}
