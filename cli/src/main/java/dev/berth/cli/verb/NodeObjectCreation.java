package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.NodeChoice;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.PairArguments;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import dev.berth.spec.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// A verb that makes a thing of the same name on nodes: a volume, a network.
public abstract class NodeObjectCreation extends ClusterVerb {
  @Option(
      names = {"-o", "--opt"},
      paramLabel = "KEY=VALUE",
      description = "Option for the driver; may be given several times.")
  private List<String> options = new ArrayList<>();

  @Option(
      names = "--label",
      paramLabel = "KEY[=VALUE]",
      description = "Label; may be given several times.")
  private List<String> labels = new ArrayList<>();

  @Mixin private final NodeChoice nodes = new NodeChoice();

  /// @param terminal where it reads and writes
  protected NodeObjectCreation(Terminal terminal) {
    super(terminal);
  }

  /// What is wrong with what is wanted, as far as it can be told here.
  protected abstract List<Violation> violations();

  /// Has nodes make it.
  ///
  /// @param on nodes; none: all that run containers
  /// @return its name
  protected abstract String create(Cluster cluster, List<String> on, Consumer<NodeAnswer> each);

  /// Options for the driver, by key.
  protected final Map<String, String> options() {
    return PairArguments.required("--opt", options);
  }

  /// Labels, by key.
  protected final Map<String, String> labels() {
    return PairArguments.labels("--label", labels);
  }

  @Override
  protected void checkUsage() {
    nodes.check();
    List<Violation> violations = violations();
    if (!violations.isEmpty()) {
      throw FailureException.usage(violations.getFirst().toString());
    }
  }

  @Override
  protected int run(Cluster cluster) {
    NodeOutcomes outcomes = new NodeOutcomes();
    String name = create(cluster, nodes.names(), outcomes::take);
    if (outcomes.isDone()) {
      terminal().out().println(Printable.escape(name));
    }
    return outcomes.complain(terminal());
  }
}
