package dev.berth.cli.verb;

import com.google.protobuf.FieldMask;
import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Names;
import dev.berth.spec.Printable;
import dev.berth.spec.Taints;
import dev.berth.v1.GetNodeRequest;
import dev.berth.v1.Node;
import dev.berth.v1.Taint;
import dev.berth.v1.TaintEffect;
import dev.berth.v1.UpdateNodeRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `berth node taint`.
@Command(
    description = "Sets taints of a node (gpu=a100:no-schedule) or removes them (gpu-).",
    footer = {
      "Only workloads that tolerate a taint are placed there; no-execute moves the others away.",
      "gpu:no-execute- removes the taint of that effect only."
    })
public final class NodeTaintCommand extends ClusterVerb {
  private static final int TRIES = 5;

  @Parameters(index = "0", paramLabel = "NODE", description = "The node.")
  private String node = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "KEY=VALUE:EFFECT|KEY-",
      description = "Taints to set or to remove; EFFECT is no-schedule or no-execute.")
  private List<String> changes = new ArrayList<>();

  /// @param terminal where it reads and writes
  public NodeTaintCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    NodesVerb.requireGrammar(node);
    changes.forEach(Change::parse);
  }

  @Override
  protected int run(Cluster cluster) {
    for (int left = TRIES; ; left--) {
      try {
        update(cluster);
        terminal().out().println(node);
        return 0;
      } catch (StatusRuntimeException e) {
        // Someone else changed the node between the look and the change: look again.
        if (e.getStatus().getCode() != Status.Code.ABORTED || left == 1) {
          throw e;
        }
      }
    }
  }

  private void update(Cluster cluster) {
    Node present = cluster.nodes().getNode(GetNodeRequest.newBuilder().setName(node).build());
    List<Taint> taints = new ArrayList<>(present.getTaintsList());
    changes.forEach(change -> Change.parse(change).carryOut(taints));
    var _ =
        cluster
            .nodes()
            .updateNode(
                UpdateNodeRequest.newBuilder()
                    .setNode(
                        Node.newBuilder()
                            .setName(node)
                            .setEtag(present.getEtag())
                            .addAllTaints(taints))
                    .setUpdateMask(FieldMask.newBuilder().addPaths("taints"))
                    .build());
  }

  /// @param effect of the taints that are removed; null: any
  /// @param added null when it only removes
  private record Change(String key, @Nullable TaintEffect effect, @Nullable Taint added) {
    static Change parse(String text) {
      boolean removes = text.endsWith("-");
      try {
        if (!removes) {
          Taint taint = Taints.parse(text);
          return new Change(taint.getKey(), taint.getEffect(), taint);
        }
        String named = text.substring(0, text.length() - 1);
        int colon = named.indexOf(':');
        String key = colon < 0 ? named : named.substring(0, colon);
        TaintEffect effect = colon < 0 ? null : Taints.effect(named.substring(colon + 1));
        String problem = Names.labelKeyProblem(key);
        if (problem == null) {
          return new Change(key, effect, null);
        }
        throw new IllegalArgumentException(problem);
      } catch (IllegalArgumentException e) {
        String hint = removes ? "" : ", or KEY- to remove";
        throw FailureException.usage(
            "taint: " + Printable.escape(String.valueOf(e.getMessage())) + hint);
      }
    }

    void carryOut(List<Taint> taints) {
      taints.removeIf(
          taint -> taint.getKey().equals(key) && (effect == null || taint.getEffect() == effect));
      if (added != null) {
        taints.add(added);
      }
    }
  }
}
