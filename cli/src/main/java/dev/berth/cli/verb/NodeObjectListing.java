package dev.berth.cli.verb;

import com.google.protobuf.Message;
import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.NodeChoice;
import dev.berth.cli.term.Json;
import dev.berth.cli.term.OutputOptions;
import dev.berth.cli.term.Terminal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Mixin;

/// A verb that lists things that nodes keep: volumes, networks.
///
/// @param <R> one of them, with its node
public abstract class NodeObjectListing<R extends Message> extends ClusterVerb {
  @Mixin private final NodeChoice nodes = new NodeChoice();
  @Mixin private final OutputOptions output = new OutputOptions();

  private final List<String> filters;

  /// @param filters keys that `--filter` takes
  protected NodeObjectListing(Terminal terminal, List<String> filters) {
    super(terminal);
    this.filters = filters;
  }

  /// Asks nodes for theirs.
  ///
  /// @param on nodes; none: all that run containers
  /// @param outcomes told of nodes that fail
  protected abstract List<R> ask(Cluster cluster, List<String> on, NodeOutcomes outcomes);

  /// What one is called.
  protected abstract String name(R row);

  /// Where it is.
  protected abstract String node(R row);

  /// Whether it has the value of a filter's key.
  protected abstract boolean fits(R row, String key, String wanted);

  /// Shows them to people, or their names alone.
  protected abstract void print(Cluster cluster, OutputOptions output, List<R> rows);

  @Override
  protected void checkUsage() {
    nodes.check();
    output.check(filters);
  }

  @Override
  protected int run(Cluster cluster) {
    NodeOutcomes outcomes = new NodeOutcomes();
    List<R> all = new ArrayList<>(ask(cluster, nodes.names(), outcomes));
    all.sort(Comparator.comparing(this::name).thenComparing(this::node));
    List<R> rows = output.filter(all, this::fits);
    switch (output.format()) {
      case JSON -> terminal().out().println(Json.array(rows));
      case YAML -> terminal().out().println(Json.toYaml(Json.array(rows)));
      case TABLE, WIDE, NAME -> print(cluster, output, rows);
    }
    return outcomes.complain(terminal());
  }
}
