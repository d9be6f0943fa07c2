package dev.berth.cli.verb;

import com.google.protobuf.Message;
import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.NodeChoice;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// A verb about things that nodes have, named one after the other: volumes, networks.
public abstract class NodeObjectsVerb extends ClusterVerb {
  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Their names.")
  private List<String> names = new ArrayList<>();

  @Mixin private final NodeChoice nodes = new NodeChoice();

  private final String noun;

  /// @param noun what they are: "volume"
  protected NodeObjectsVerb(Terminal terminal, String noun) {
    super(terminal);
    this.noun = noun;
  }

  /// Null when something can have this name.
  protected abstract @Nullable String problem(String name);

  /// Asks nodes for one of them, or to do something with it.
  ///
  /// @param on nodes; none: all that run containers
  protected abstract void ask(
      Cluster cluster, String name, List<String> on, Consumer<NodeAnswer> each);

  @Override
  protected void checkUsage() {
    nodes.check();
    for (String name : names) {
      String problem = problem(name);
      if (problem != null) {
        throw FailureException.usage(noun + ": " + problem);
      }
    }
  }

  /// Shows all of them, and complains of those that are nowhere.
  protected final int inspect(Cluster cluster, MessageFormat format) {
    List<Message> found = new ArrayList<>();
    List<NodeOutcomes> outcomes = new ArrayList<>();
    for (String name : names) {
      NodeOutcomes of = new NodeOutcomes();
      outcomes.add(of);
      ask(cluster, name, nodes.names(), answer -> take(answer, of, found::add));
    }
    format.print(terminal(), found);
    int exitCode = ExitCode.OK;
    for (int i = 0; i < names.size(); i++) {
      exitCode = Math.max(exitCode, complain(outcomes.get(i), names.get(i), false));
    }
    return exitCode;
  }

  /// Has them removed, and says where each was.
  ///
  /// @param mayMiss whether it is well that one is nowhere
  protected final int remove(Cluster cluster, boolean mayMiss) {
    int exitCode = ExitCode.OK;
    for (String name : names) {
      NodeOutcomes of = new NodeOutcomes();
      ask(
          cluster,
          name,
          nodes.names(),
          answer ->
              take(
                  answer,
                  of,
                  _ -> {
                    terminal().out().println(Printable.escape(answer.node() + ": " + name));
                    terminal().flush();
                  }));
      exitCode = Math.max(exitCode, complain(of, name, mayMiss));
    }
    return exitCode;
  }

  private static void take(NodeAnswer answer, NodeOutcomes of, Consumer<Message> found) {
    of.take(answer);
    Message message = answer.found();
    if (message != null) {
      found.accept(message);
    }
  }

  private int complain(NodeOutcomes of, String name, boolean mayMiss) {
    return of.complain(terminal(), nodes, name, "berth " + noun + " ls", mayMiss);
  }
}
