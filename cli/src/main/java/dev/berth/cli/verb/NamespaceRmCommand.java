package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.Refusals;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Names;
import dev.berth.v1.DeleteNamespaceRequest;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `berth ns rm`.
@Command(description = "Forgets namespaces with their quotas; they must have no workloads.")
public final class NamespaceRmCommand extends ClusterVerb {
  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Namespaces.")
  private List<String> names = new ArrayList<>();

  /// @param terminal where it reads and writes
  public NamespaceRmCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    names.forEach(NamespaceRmCommand::requireGrammar);
  }

  @Override
  protected int run(Cluster cluster) {
    int exitCode = 0;
    for (String name : names) {
      try {
        DeleteNamespaceRequest request = DeleteNamespaceRequest.newBuilder().setName(name).build();
        var _ = cluster.namespaces().deleteNamespace(request);
        terminal().out().println(name);
      } catch (StatusRuntimeException e) {
        Complaint.say(terminal(), name, Refusals.describe(e, cluster));
        exitCode = 1;
      }
    }
    return exitCode;
  }

  static void requireGrammar(String name) {
    String problem = Names.namespaceProblem(name);
    if (problem != null) {
      throw FailureException.usage("namespace: " + problem);
    }
  }
}
