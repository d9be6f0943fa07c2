package dev.berth.cli.controller;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.SaveSnapshotRequest;
import dev.berth.v1.SaveSnapshotResponse;
import dev.berth.v1.SnapshotHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `berth controller snapshot save`.
@Command(
    description = {
      "Copies everything that is stored, as of one moment, into a file that only you can read.",
      "An existing file is replaced when the copy is whole. It holds the hashes of join tokens and"
          + " what workloads' specs hold: keep it as you keep the cluster's keys, which are not in"
          + " it."
    })
public final class SnapshotSaveCommand extends ClusterVerb {
  private static final long LIMIT_MINUTES = 10;

  @Parameters(paramLabel = "FILE", description = "Where to.")
  private Path file = Path.of("");

  /// @param terminal where it reads and writes
  public SnapshotSaveCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected int run(Cluster cluster) throws IOException {
    Iterator<SaveSnapshotResponse> parts =
        cluster
            .admin()
            .withDeadlineAfter(LIMIT_MINUTES, TimeUnit.MINUTES)
            .saveSnapshot(SaveSnapshotRequest.getDefaultInstance());
    try (SnapshotWriter writer = SnapshotWriter.open(file)) {
      while (parts.hasNext()) {
        writer.add(parts.next());
      }
      SnapshotHeader header = writer.finish();
      terminal()
          .out()
          .println(
              "%s: %d entries of cluster %s at revision %d"
                  .formatted(
                      file, header.getEntries(), header.getClusterUid(), header.getRevision()));
    }
    return 0;
  }
}
