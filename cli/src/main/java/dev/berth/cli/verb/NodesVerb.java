package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.Refusals;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Names;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Parameters;

/// A verb that does the same to several nodes: goes on after a failure and prints the names of
/// those that worked.
abstract class NodesVerb extends ClusterVerb {
  @Parameters(arity = "1..*", paramLabel = "NODE", description = "Nodes.")
  private List<String> names = new ArrayList<>();

  NodesVerb(Terminal terminal) {
    super(terminal);
  }

  /// Does it to one.
  abstract void one(Cluster cluster, String node);

  @Override
  protected void checkUsage() {
    names.forEach(NodesVerb::requireGrammar);
  }

  @Override
  protected final int run(Cluster cluster) {
    int exitCode = 0;
    for (String name : names) {
      try {
        one(cluster, name);
        terminal().out().println(name);
        terminal().flush();
      } catch (StatusRuntimeException e) {
        terminal().say("berth: " + name + ": " + Refusals.describe(e, cluster));
        exitCode = 1;
      }
    }
    return exitCode;
  }

  static void requireGrammar(String node) {
    String problem = Names.nodeProblem(node);
    if (problem != null) {
      throw FailureException.usage("node: " + problem);
    }
  }
}
