package dev.berth.cli.verb;

import com.google.protobuf.FieldMask;
import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.Node;
import dev.berth.v1.NodeAvailability;
import dev.berth.v1.UpdateNodeRequest;
import picocli.CommandLine.Command;

/// `berth node cordon` and `berth node uncordon`.
@Command(
    description = "Says whether new slots are placed on nodes; what runs there stays.",
    footer = "Uncordon ends a drain, too.")
public final class NodeCordonCommand extends NodesVerb {
  private final NodeAvailability availability;

  private NodeCordonCommand(Terminal terminal, NodeAvailability availability) {
    super(terminal);
    this.availability = availability;
  }

  /// Places nothing new.
  public static NodeCordonCommand cordon(Terminal terminal) {
    return new NodeCordonCommand(terminal, NodeAvailability.NODE_AVAILABILITY_CORDONED);
  }

  /// Places again.
  public static NodeCordonCommand uncordon(Terminal terminal) {
    return new NodeCordonCommand(terminal, NodeAvailability.NODE_AVAILABILITY_ACTIVE);
  }

  @Override
  void one(Cluster cluster, String node) {
    var _ =
        cluster
            .nodes()
            .updateNode(
                UpdateNodeRequest.newBuilder()
                    .setNode(Node.newBuilder().setName(node).setAvailability(availability))
                    .setUpdateMask(FieldMask.newBuilder().addPaths("availability"))
                    .build());
  }
}
