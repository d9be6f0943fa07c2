package dev.berth.cli.vm;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.term.Ages;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.Table;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.term.TextFormat;
import dev.berth.v1.ListVmSnapshotsRequest;
import dev.berth.v1.ListVmSnapshotsResponse;
import dev.berth.v1.VmSnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `berth vm snapshot ls`.
@Command(description = "Lists the snapshots of a virtual machine, the oldest first.")
public final class VmSnapshotLsCommand extends MachineSnapshotVerb {
  @Mixin private final TextFormat format = new TextFormat();

  /// @param terminal where it reads and writes
  public VmSnapshotLsCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    super.checkUsage();
    format.check();
  }

  @Override
  protected int run(Cluster cluster) {
    List<VmSnapshot> all = new ArrayList<>();
    Iterator<ListVmSnapshotsResponse> answers =
        cluster
            .machineStreams()
            .listVmSnapshots(
                ListVmSnapshotsRequest.newBuilder()
                    .setNamespace(cluster.namespace())
                    .setInstance(instance(cluster))
                    .build());
    while (answers.hasNext()) {
      all.add(answers.next().getSnapshot());
    }
    format.print(terminal(), all, () -> table(all).text(terminal().columns()));
    return ExitCode.OK;
  }

  private static Table table(List<VmSnapshot> snapshots) {
    Table table = new Table("NAME", "CREATED", "HOLDS");
    Instant now = Instant.now();
    for (VmSnapshot each : snapshots) {
      table.row(
          each.getName(),
          Ages.since(each.getCreateTime(), now),
          each.getWithMemory() ? "memory and disks" : "disks");
    }
    return table;
  }
}
