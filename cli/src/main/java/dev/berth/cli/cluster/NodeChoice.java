package dev.berth.cli.cluster;

import dev.berth.cli.term.FailureException;
import dev.berth.spec.Names;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/// The option that says which nodes are meant, of verbs about what containers have there.
public final class NodeChoice {
  @Option(
      names = "--node",
      paramLabel = "NODE",
      description =
          "Only on this node; may be given several times. Unless given: on all that run"
              + " containers.")
  private List<String> names = new ArrayList<>();

  /// Refuses what can be no node's name.
  ///
  /// @throws FailureException with exit code 2
  public void check() {
    for (String name : names) {
      String problem = Names.nodeProblem(name);
      if (problem != null) {
        throw FailureException.usage("--node: " + problem);
      }
    }
  }

  /// As they were named; none: all that run containers.
  public List<String> names() {
    return names;
  }
}
