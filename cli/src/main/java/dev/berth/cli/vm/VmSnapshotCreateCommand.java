package dev.berth.cli.vm;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import dev.berth.v1.CreateVmSnapshotRequest;
import dev.berth.v1.CreateVmSnapshotResponse;
import dev.berth.v1.VmSnapshot;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `berth vm snapshot create`.
@Command(
    description = "Takes a snapshot of a virtual machine and prints its name.",
    footer = {
      "Of a machine that runs it holds memory and disks, and the machine stands still until it is"
          + " taken; of one that is off, the disks.",
      "It lies in the machine's disks and goes with the instance."
    })
public final class VmSnapshotCreateCommand extends MachineSnapshotVerb {
  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "NAME",
      description = "Lower-case letters, digits and inner dashes; the time unless given.")
  private String name = "";

  /// @param terminal where it reads and writes
  public VmSnapshotCreateCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    super.checkUsage();
    if (!name.isEmpty()) {
      requireGrammar(name);
    }
  }

  @Override
  protected int run(Cluster cluster) {
    CreateVmSnapshotRequest request =
        CreateVmSnapshotRequest.newBuilder()
            .setNamespace(cluster.namespace())
            .setInstance(instance(cluster))
            .setName(name)
            .build();
    VmSnapshot taken =
        only(
            cluster.machineStreams().createVmSnapshot(request),
            CreateVmSnapshotResponse::getSnapshot);
    terminal().out().println(Printable.escape(taken.getName()));
    return ExitCode.OK;
  }
}
