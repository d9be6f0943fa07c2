package dev.berth.cli.image;

import dev.berth.cli.term.FailureException;
import dev.berth.spec.Names;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/// The option that says which nodes are meant.
final class ImageNodes {
  @Option(
      names = "--node",
      paramLabel = "NODE",
      description =
          "Only on this node; may be given several times. Unless given: on all that can run what"
              + " the image is for.")
  private List<String> names = new ArrayList<>();

  /// These nodes; none: all.
  static ImageNodes of(List<String> names) {
    ImageNodes nodes = new ImageNodes();
    nodes.names = names;
    return nodes;
  }

  /// @throws FailureException with exit code 2
  void check() {
    for (String name : names) {
      String problem = Names.nodeProblem(name);
      if (problem != null) {
        throw FailureException.usage("--node: " + problem);
      }
    }
  }

  List<String> names() {
    return names;
  }

  /// Whether these were named, one by one.
  boolean areNamed() {
    return !names.isEmpty();
  }
}
