package dev.berth.cli.volume;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.NodeAnswer;
import dev.berth.cli.verb.NodeObjectsVerb;
import dev.berth.spec.VolumeRules;
import dev.berth.v1.RemoveVolumeRequest;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `berth volume rm`.
@Command(
    description = "Removes volumes with all that is in them, on all nodes that have them.",
    footer =
        "Where a container has one, running or not, or a slot has its place whose workload mounts"
            + " it, it stays and the command fails.")
public final class VolumeRmCommand extends NodeObjectsVerb {
  @Option(
      names = {"-f", "--force"},
      description =
          "Also where a slot has its place whose workload mounts it, while no container has it;"
              + " and it is well when there is none.")
  private boolean force;

  /// @param terminal where it reads and writes
  public VolumeRmCommand(Terminal terminal) {
    super(terminal, "volume");
  }

  @Override
  protected @Nullable String problem(String name) {
    return VolumeRules.lookupProblem(name);
  }

  @Override
  protected void ask(Cluster cluster, String name, List<String> on, Consumer<NodeAnswer> each) {
    cluster
        .volumes()
        .removeVolume(
            RemoveVolumeRequest.newBuilder()
                .setVolume(name)
                .addAllNodes(on)
                .setForce(force)
                .build())
        .forEachRemaining(said -> each.accept(VolumeAnswer.of(said)));
  }

  @Override
  protected int run(Cluster cluster) {
    return remove(cluster, force);
  }
}
