package dev.berth.cli.vm;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.Refusals;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.Complaint;
import dev.berth.spec.Printable;
import dev.berth.v1.DeleteVmSnapshotRequest;
import dev.berth.v1.DeleteVmSnapshotResponse;
import dev.berth.v1.VmSnapshot;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `berth vm snapshot rm`.
@Command(description = "Removes snapshots of a virtual machine; others stay.")
public final class VmSnapshotRmCommand extends MachineSnapshotVerb {
  @Parameters(index = "1..*", arity = "1..*", paramLabel = "NAME", description = "The snapshots.")
  private List<String> names = new ArrayList<>();

  /// @param terminal where it reads and writes
  public VmSnapshotRmCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    super.checkUsage();
    names.forEach(MachineSnapshotVerb::requireGrammar);
  }

  @Override
  protected int run(Cluster cluster) {
    String instance = instance(cluster);
    int exitCode = ExitCode.OK;
    for (String name : names) {
      DeleteVmSnapshotRequest request =
          DeleteVmSnapshotRequest.newBuilder()
              .setNamespace(cluster.namespace())
              .setInstance(instance)
              .setName(name)
              .build();
      try {
        VmSnapshot removed =
            only(
                cluster.machineStreams().deleteVmSnapshot(request),
                DeleteVmSnapshotResponse::getSnapshot);
        terminal().out().println(Printable.escape(removed.getName()));
        terminal().flush();
      } catch (StatusRuntimeException e) {
        Complaint.say(terminal(), name, Refusals.describe(e, cluster));
        exitCode = ExitCode.FAILURE;
      }
    }
    return exitCode;
  }
}
