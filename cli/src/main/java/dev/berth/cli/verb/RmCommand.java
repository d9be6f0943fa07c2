package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.DeleteWorkloadRequest;
import dev.berth.v1.Workload;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `berth rm`.
@Command(
    description = "Removes workloads with what is left of their instances.",
    footer = "Prints each name when all of it is gone. Named volumes are kept.")
public final class RmCommand extends SlotsVerb {
  @Option(
      names = {"-f", "--force"},
      description = "Also while instances run; they are stopped.")
  private boolean force;

  @Option(names = "--no-wait", description = "Does not wait until all is gone.")
  private boolean noWait;

  /// @param terminal where it reads and writes
  public RmCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void one(Cluster cluster, Target target) {
    if (!target.isWhole()) {
      throw new FailureException(
          1,
          target
              + " is a slot of "
              + target.workload()
              + ", which cannot be removed alone; use `berth stop` or `berth scale`");
    }
    Workload deleted =
        cluster
            .workloads()
            .deleteWorkload(
                DeleteWorkloadRequest.newBuilder()
                    .setNamespace(cluster.namespace())
                    .setName(target.workload())
                    .setForce(force)
                    .build());
    if (!noWait) {
      new Settling(cluster, target)
          .awaitGone(deleted.getUid(), deleted.getSpec().getStopGrace().getSeconds() + 60);
    }
  }
}
