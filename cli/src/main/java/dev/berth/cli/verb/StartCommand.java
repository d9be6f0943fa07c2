package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.StartWorkloadRequest;
import picocli.CommandLine.Command;

/// `berth start`.
@Command(description = "Starts workloads or slots that were stopped, with what they wrote.")
public final class StartCommand extends SlotsVerb {
  /// @param terminal where it reads and writes
  public StartCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void one(Cluster cluster, Target target) {
    var _ =
        cluster
            .workloads()
            .startWorkload(
                StartWorkloadRequest.newBuilder()
                    .setNamespace(cluster.namespace())
                    .setName(target.workload())
                    .addAllSlots(target.slots())
                    .build());
  }
}
