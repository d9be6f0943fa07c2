package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.Refusals;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Names;
import dev.berth.spec.Printable;
import dev.berth.spec.SlotName;
import dev.berth.v1.ScaleWorkloadRequest;
import dev.berth.v1.Workload;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth scale`.
@Command(description = "Sets the number of slots; the highest slots go first.")
public final class ScaleCommand extends ClusterVerb {
  @Parameters(
      arity = "1..*",
      paramLabel = "WORKLOAD=N",
      description = "Workloads and their number of slots, 0 to 10000.")
  private List<String> wishes = new ArrayList<>();

  @Option(names = "--wait", description = "Waits until all slots run.")
  private boolean wait;

  /// @param terminal where it reads and writes
  public ScaleCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    wishes.forEach(Wish::parse);
  }

  @Override
  protected int run(Cluster cluster) {
    int exitCode = 0;
    for (String text : wishes) {
      Wish wish = Wish.parse(text);
      try {
        Workload workload =
            cluster
                .workloads()
                .scaleWorkload(
                    ScaleWorkloadRequest.newBuilder()
                        .setNamespace(cluster.namespace())
                        .setName(wish.workload())
                        .setReplicas(wish.replicas())
                        .build());
        if (wait) {
          new Settling(cluster, new Target(wish.workload(), List.of()))
              .awaitRunning(
                  workload.toBuilder().setRevision(0).build(), false, 300, terminal()::say);
        }
        terminal().out().println(wish.workload() + " scaled to " + wish.replicas());
      } catch (StatusRuntimeException e) {
        Complaint.say(terminal(), wish.workload(), Refusals.describe(e, cluster));
        exitCode = 1;
      }
      terminal().flush();
    }
    return exitCode;
  }

  private record Wish(String workload, int replicas) {
    static Wish parse(String text) {
      int equals = text.indexOf('=');
      String name = equals < 0 ? "" : text.substring(0, equals);
      String number = text.substring(equals + 1);
      boolean digits =
          !number.isEmpty()
              && number.length() <= 5
              && number.chars().allMatch(c -> c >= '0' && c <= '9');
      int replicas = digits ? Integer.parseInt(number) : -1;
      if (replicas < 0 || replicas > SlotName.MAX_SLOT || Names.workloadProblem(name) != null) {
        throw FailureException.usage(
            "value: "
                + Printable.quote(text)
                + " (expected: WORKLOAD=N such as web=5, N from 0 to 10000)");
      }
      return new Wish(name, replicas);
    }
  }
}
