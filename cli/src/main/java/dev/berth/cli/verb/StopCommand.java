package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.StopWorkloadRequest;
import dev.berth.v1.Workload;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `berth stop`.
@Command(
    description = "Stops workloads or slots; they stay stopped until `berth start`.",
    footer = "Prints each name when all of it has stopped.")
public final class StopCommand extends SlotsVerb {
  @Option(
      names = {"-t", "--time", "--timeout"},
      paramLabel = "SECONDS",
      description = "Time between the polite stop and the kill; the spec's unless given.")
  private String time = "";

  @Option(names = "--no-wait", description = "Does not wait until they have stopped.")
  private boolean noWait;

  /// @param terminal where it reads and writes
  public StopCommand(Terminal terminal) {
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
    StopWorkloadRequest.Builder request =
        StopWorkloadRequest.newBuilder()
            .setNamespace(cluster.namespace())
            .setName(target.workload())
            .addAllSlots(target.slots());
    if (!time.isEmpty()) {
      request.setGrace(grace("-t", time));
    }
    Workload workload = cluster.workloads().stopWorkload(request.build());
    if (!noWait) {
      long grace =
          time.isEmpty()
              ? workload.getSpec().getStopGrace().getSeconds()
              : request.getGrace().getSeconds();
      new Settling(cluster, target).awaitStopped(grace + 60);
    }
  }
}
