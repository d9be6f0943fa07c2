package dev.berth.cli.volume;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.MessageFormat;
import dev.berth.cli.verb.NodeAnswer;
import dev.berth.cli.verb.NodeObjectsVerb;
import dev.berth.spec.VolumeRules;
import dev.berth.v1.InspectVolumeRequest;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `berth volume inspect`.
@Command(description = "Shows all of volumes, on all nodes that have them.")
public final class VolumeInspectCommand extends NodeObjectsVerb {
  @Mixin private final MessageFormat format = new MessageFormat();

  /// @param terminal where it reads and writes
  public VolumeInspectCommand(Terminal terminal) {
    super(terminal, "volume");
  }

  @Override
  protected void checkUsage() {
    super.checkUsage();
    format.check();
  }

  @Override
  protected @Nullable String problem(String name) {
    return VolumeRules.lookupProblem(name);
  }

  @Override
  protected void ask(Cluster cluster, String name, List<String> on, Consumer<NodeAnswer> each) {
    cluster
        .volumes()
        .inspectVolume(InspectVolumeRequest.newBuilder().setVolume(name).addAllNodes(on).build())
        .forEachRemaining(said -> each.accept(VolumeAnswer.of(said)));
  }

  @Override
  protected int run(Cluster cluster) {
    return inspect(cluster, format);
  }
}
