package dev.berth.cli.verb;

import com.google.protobuf.FieldMask;
import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Names;
import dev.berth.spec.Printable;
import dev.berth.v1.Node;
import dev.berth.v1.UpdateNodeRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `berth node label`.
@Command(
    description = "Sets labels of a node (disk=ssd) or removes them (disk-).",
    footer =
        "Workloads ask for them with --node-label, or in expressions: node.labels.disk == ssd.")
public final class NodeLabelCommand extends ClusterVerb {
  @Parameters(index = "0", paramLabel = "NODE", description = "The node.")
  private String node = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "KEY=VALUE|KEY-",
      description = "Labels to set or to remove.")
  private List<String> changes = new ArrayList<>();

  /// @param terminal where it reads and writes
  public NodeLabelCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    NodesVerb.requireGrammar(node);
    changes.forEach(Change::parse);
  }

  @Override
  protected int run(Cluster cluster) {
    Node.Builder labelled = Node.newBuilder().setName(node);
    FieldMask.Builder mask = FieldMask.newBuilder();
    for (String text : changes) {
      Change change = Change.parse(text);
      mask.addPaths("labels." + change.key());
      if (change.value() != null) {
        labelled.putLabels(change.key(), change.value());
      }
    }
    var _ =
        cluster
            .nodes()
            .updateNode(
                UpdateNodeRequest.newBuilder().setNode(labelled).setUpdateMask(mask).build());
    terminal().out().println(node);
    return 0;
  }

  private record Change(String key, @Nullable String value) {
    static Change parse(String text) {
      int equals = text.indexOf('=');
      boolean removes = equals < 0 && text.endsWith("-");
      if (equals < 0 && !removes) {
        throw FailureException.usage(
            "label: value: " + Printable.quote(text) + " (expected: KEY=VALUE, or KEY- to remove)");
      }
      String key = text.substring(0, removes ? text.length() - 1 : equals);
      String value = removes ? null : text.substring(equals + 1);
      String problem = Names.labelKeyProblem(key);
      if (problem == null && value != null) {
        problem = Names.labelValueProblem(value);
      }
      if (problem != null) {
        throw FailureException.usage("label: " + problem);
      }
      return new Change(key, value);
    }
  }
}
