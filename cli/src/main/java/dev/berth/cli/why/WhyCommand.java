package dev.berth.cli.why;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.Listings;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.term.TextFormat;
import dev.berth.v1.PlacementDecision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `berth why`.
@Command(
    description = "Says why slots wait for a node, and why they are where they are.",
    footer = {
      "For what waits: how many nodes were refused for which reason, how far the closest one was",
      "off, and what to do. For what has a node: the best candidates with their scores."
    })
public final class WhyCommand extends ClusterVerb {
  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Workloads, slots or ids.")
  private List<String> names = new ArrayList<>();

  @Mixin private final TextFormat format = new TextFormat();

  /// @param terminal where it reads and writes
  public WhyCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    format.check();
    names.forEach(Target::requireGrammar);
  }

  @Override
  protected int run(Cluster cluster) {
    Map<String, List<PlacementDecision>> decisions = new LinkedHashMap<>();
    for (String name : names) {
      decisions.put(name, Listings.decisions(cluster, name));
    }
    List<PlacementDecision> all = decisions.values().stream().flatMap(List::stream).toList();
    format.print(terminal(), all, () -> text(decisions.values()));
    decisions.forEach(
        (name, found) -> {
          if (found.isEmpty()) {
            terminal()
                .say("berth: " + name + ": nothing of it lives; `berth ps -a` shows the rest");
          }
        });
    return 0;
  }

  private String text(Iterable<List<PlacementDecision>> targets) {
    DecisionReport report = new DecisionReport(Instant.now(), terminal().columns());
    List<String> blocks = new ArrayList<>();
    targets.forEach(decisions -> blocks.addAll(report.blocks(decisions)));
    return blocks.stream().collect(Collectors.joining("\n"));
  }
}
