package dev.berth.cli.vm;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import dev.berth.v1.RevertVmSnapshotRequest;
import dev.berth.v1.RevertVmSnapshotResponse;
import dev.berth.v1.VmSnapshot;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `berth vm snapshot revert`.
@Command(
    description = "Puts a virtual machine back to a snapshot. What it wrote since is lost.",
    footer = {
      "A machine that runs goes on from the snapshot's memory; when that has none, the machine"
          + " boots from its disks.",
      "One that is off stays off and gets the disks."
    })
public final class VmSnapshotRevertCommand extends MachineSnapshotVerb {
  @Parameters(index = "1", paramLabel = "NAME", description = "The snapshot.")
  private String name = "";

  /// @param terminal where it reads and writes
  public VmSnapshotRevertCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    super.checkUsage();
    requireGrammar(name);
  }

  @Override
  protected int run(Cluster cluster) {
    RevertVmSnapshotRequest request =
        RevertVmSnapshotRequest.newBuilder()
            .setNamespace(cluster.namespace())
            .setInstance(instance(cluster))
            .setName(name)
            .build();
    VmSnapshot now =
        only(
            cluster.machineStreams().revertVmSnapshot(request),
            RevertVmSnapshotResponse::getSnapshot);
    terminal().out().println(Printable.escape(now.getName()));
    return ExitCode.OK;
  }
}
