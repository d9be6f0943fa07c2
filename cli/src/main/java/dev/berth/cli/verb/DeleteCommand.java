package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.Refusals;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.Terminal;
import dev.berth.client.stack.StackWorkload;
import dev.berth.v1.DeleteWorkloadRequest;
import dev.berth.v1.Workload;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `berth delete`.
@Command(description = "Removes the workloads of a stack file, also while they run.")
public final class DeleteCommand extends ClusterVerb {
  @Mixin private final StackArgument file = new StackArgument();

  @Option(names = "--no-wait", description = "Does not wait until all is gone.")
  private boolean noWait;

  /// @param terminal where it reads and writes
  public DeleteCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected int run(Cluster cluster) {
    List<Workload> deleted = new ArrayList<>();
    int exitCode = 0;
    for (StackWorkload wanted : file.read(terminal()).workloads()) {
      DeleteWorkloadRequest request =
          DeleteWorkloadRequest.newBuilder()
              .setNamespace(cluster.namespace())
              .setName(wanted.name())
              .setForce(true)
              .build();
      try {
        deleted.add(cluster.workloads().deleteWorkload(request));
        terminal().out().println(wanted.name() + " deleted");
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
          terminal().out().println(wanted.name() + " not there");
        } else {
          Complaint.say(terminal(), wanted.name(), Refusals.describe(e, cluster));
          exitCode = 1;
        }
      }
      terminal().flush();
    }
    for (Workload workload : noWait ? List.<Workload>of() : deleted) {
      new Settling(cluster, new Target(workload.getName(), List.of()))
          .awaitGone(workload.getUid(), workload.getSpec().getStopGrace().getSeconds() + 60);
    }
    return exitCode;
  }
}
