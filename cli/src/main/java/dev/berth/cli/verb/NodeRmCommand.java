package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.DeleteNodeRequest;
import picocli.CommandLine.Command;

/// `berth node rm`.
@Command(description = "Removes nodes that are lost or unknown; their certificates count no more.")
public final class NodeRmCommand extends NodesVerb {
  /// @param terminal where it reads and writes
  public NodeRmCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void one(Cluster cluster, String node) {
    var _ = cluster.nodes().deleteNode(DeleteNodeRequest.newBuilder().setName(node).build());
  }
}
