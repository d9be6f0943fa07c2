package dev.berth.cli.volume;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.NodeChoice;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Question;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.NodeOutcomes;
import dev.berth.spec.Printable;
import dev.berth.spec.Quantity;
import dev.berth.spec.Violation;
import dev.berth.spec.VolumeRules;
import dev.berth.v1.PruneVolumesRequest;
import dev.berth.v1.PruneVolumesResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `berth volume prune`.
@Command(
    description = "Removes volumes that no container has, running or not.",
    footer = {
      "Unless -a is given, only those that nobody gave a name. What the mounts of some workload"
          + " name stays, on all nodes, also while it has no container.",
      "  berth volume prune -a --filter label!=keep"
    })
public final class VolumePruneCommand extends ClusterVerb {
  private static final String LABEL = "label=";
  private static final String NO_LABEL = "label!=";

  @Option(
      names = {"-a", "--all"},
      description = "Also volumes that were given a name.")
  private boolean all;

  @Option(
      names = {"-f", "--force"},
      description = "Does not ask first.")
  private boolean force;

  @Option(
      names = "--filter",
      paramLabel = "label[!]=KEY[=VALUE]",
      description = "Only volumes with this label, or without it; may be given several times.")
  private List<String> filters = new ArrayList<>();

  @Mixin private final NodeChoice nodes = new NodeChoice();

  /// @param terminal where it reads and writes
  public VolumePruneCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    nodes.check();
    List<Violation> violations = VolumeRules.validate(request());
    if (!violations.isEmpty()) {
      throw FailureException.usage("--filter: " + violations.getFirst().problem());
    }
  }

  private PruneVolumesRequest request() {
    PruneVolumesRequest.Builder request =
        PruneVolumesRequest.newBuilder().addAllNodes(nodes.names()).setAll(all);
    for (String filter : filters) {
      if (filter.startsWith(LABEL)) {
        request.addLabels(filter.substring(LABEL.length()));
      } else if (filter.startsWith(NO_LABEL)) {
        request.addExcludedLabels(filter.substring(NO_LABEL.length()));
      } else {
        throw FailureException.usage(
            "--filter: value: "
                + Printable.quote(filter)
                + " (expected: label=KEY, label=KEY=VALUE or label!=…)");
      }
    }
    return request.build();
  }

  @Override
  protected int run(Cluster cluster) throws IOException {
    if (!force && !isWanted()) {
      terminal().say("nothing was removed");
      return ExitCode.FAILURE;
    }
    NodeOutcomes outcomes = new NodeOutcomes();
    long reclaimed = 0;
    Iterator<PruneVolumesResponse> answers = cluster.volumes().pruneVolumes(request());
    while (answers.hasNext()) {
      PruneVolumesResponse said = answers.next();
      if (said.hasFailure()) {
        outcomes.failed(said.getNode(), said.getFailure());
        continue;
      }
      for (String name : said.getRemoval().getRemovedList()) {
        terminal().out().println(Printable.escape(said.getNode() + ": deleted " + name));
      }
      for (String name : said.getRemoval().getKeptList()) {
        terminal()
            .say(Printable.escape(said.getNode() + ": " + name + " stays: a workload mounts it"));
      }
      reclaimed += said.getRemoval().getReclaimedBytes();
    }
    terminal().say("room given back: " + Quantity.roundedMemory(reclaimed));
    return outcomes.complain(terminal());
  }

  private boolean isWanted() throws IOException {
    if (!Question.canBeAsked(terminal())) {
      throw FailureException.usage(
          "this cannot be undone, and nobody can be asked here (expected: -f)");
    }
    String where =
        nodes.names().isEmpty() ? "all nodes" : Printable.escape(String.join(", ", nodes.names()));
    return Question.ask(
        terminal(),
        (all ? "All volumes" : "All volumes without a name")
            + " that no container has and no workload mounts will be removed from "
            + where
            + ", with what is in them. Go on?");
  }
}
