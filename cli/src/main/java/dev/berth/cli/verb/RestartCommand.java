package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.RestartWorkloadRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `berth restart`.
@Command(description = "Stops and starts workloads or slots on their nodes, as the same instances.")
public final class RestartCommand extends SlotsVerb {
  @Option(
      names = {"-t", "--time", "--timeout"},
      paramLabel = "SECONDS",
      description = "Time between the polite stop and the kill; the spec's unless given.")
  private String time = "";

  /// @param terminal where it reads and writes
  public RestartCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    super.checkUsage();
    if (!time.isEmpty()) {
      var _ = grace("-t", time);
    }
  }

  @Override
  void one(Cluster cluster, Target target) {
    RestartWorkloadRequest.Builder request =
        RestartWorkloadRequest.newBuilder()
            .setNamespace(cluster.namespace())
            .setName(target.workload())
            .addAllSlots(target.slots());
    if (!time.isEmpty()) {
      request.setGrace(grace("-t", time));
    }
    var _ = cluster.workloads().restartWorkload(request.build());
  }
}
