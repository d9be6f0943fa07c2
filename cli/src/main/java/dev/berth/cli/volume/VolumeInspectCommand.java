package dev.berth.cli.volume;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.NodeChoice;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.MessageFormat;
import dev.berth.cli.verb.NodeOutcomes;
import dev.berth.v1.InspectVolumeRequest;
import dev.berth.v1.NodeVolume;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `berth volume inspect`.
@Command(description = "Shows all of volumes, on all nodes that have them.")
public final class VolumeInspectCommand extends ClusterVerb {
  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Volumes.")
  private List<String> names = new ArrayList<>();

  @Mixin private final NodeChoice nodes = new NodeChoice();
  @Mixin private final MessageFormat format = new MessageFormat();

  /// @param terminal where it reads and writes
  public VolumeInspectCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    nodes.check();
    format.check();
    names.forEach(VolumeNames::require);
  }

  @Override
  protected int run(Cluster cluster) {
    List<NodeVolume> found = new ArrayList<>();
    List<Runnable> complaints = new ArrayList<>();
    int[] exitCode = {0};
    for (String name : names) {
      NodeOutcomes outcomes = new NodeOutcomes();
      Iterator<NodeVolume> answers =
          cluster
              .volumes()
              .inspectVolume(
                  InspectVolumeRequest.newBuilder()
                      .setVolume(name)
                      .addAllNodes(nodes.names())
                      .build());
      while (answers.hasNext()) {
        NodeVolume answer = answers.next();
        if (answer.hasFailure()) {
          outcomes.failed(answer.getNode(), answer.getFailure());
        } else {
          outcomes.done(answer.getNode());
          found.add(answer);
        }
      }
      complaints.add(
          () ->
              exitCode[0] =
                  Math.max(
                      exitCode[0],
                      outcomes.complain(terminal(), nodes, name, "berth volume ls", false)));
    }
    format.print(terminal(), found);
    complaints.forEach(Runnable::run);
    return exitCode[0];
  }
}
