package dev.berth.cli.stats;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.Listings;
import dev.berth.cli.cluster.RunningInstances;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.FormatNames;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.Complaint;
import dev.berth.spec.Printable;
import dev.berth.v1.Instance;
import dev.berth.v1.ListInstancesRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth stats`.
@Command(
    description = "Shows what instances use, again each second: all that run unless named.",
    footer = {
      "On a terminal the table is drawn in place; elsewhere each second adds lines.",
      "\"-\" is what nobody can tell of a kind; LIMIT is the node's memory where there is none."
    })
public final class StatsCommand extends ClusterVerb {
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(15);
  // From the top left, and all below it is cleared.
  private static final String REDRAW = "\u001b[H\u001b[J";
  private static final String CLEAR = "\u001b[2J";

  @Option(
      names = {"-a", "--all"},
      description = "Also instances that do not run.")
  private boolean all;

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "Instances of every namespace.")
  private boolean allNamespaces;

  @Option(names = "--no-stream", description = "Shows it once.")
  private boolean once;

  @Option(names = "--no-trunc", description = "Cuts nothing off.")
  private boolean noTrunc;

  @Option(
      names = "--sort",
      paramLabel = "name|cpu|memory|net|io|pids",
      description = "The order of the rows; name unless given.")
  private String sort = "name";

  @Option(
      names = {"-o", "--output", "--format"},
      paramLabel = "table|json",
      description = "A table, unless given, or a line of JSON for each instance.")
  private String format = "table";

  @Parameters(arity = "0..*", paramLabel = "NAME", description = "Workloads, slots or ids.")
  private List<String> names = new ArrayList<>();

  /// @param terminal where it reads and writes
  public StatsCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    names.forEach(Target::requireGrammar);
    FormatNames.require(format, List.of("table", "json"));
    var _ = order();
  }

  private StatsOrder order() {
    return Arrays.stream(StatsOrder.values())
        .filter(each -> each.word().equals(sort))
        .findFirst()
        .orElseThrow(
            () ->
                FailureException.usage(
                    "--sort: value: "
                        + Printable.quote(sort)
                        + " (expected: "
                        + Arrays.stream(StatsOrder.values())
                            .map(StatsOrder::word)
                            .collect(Collectors.joining(", "))
                        + ")"));
  }

  @Override
  protected int run(Cluster cluster) {
    Map<String, Long> memory = new HashMap<>();
    Listings.nodes(cluster)
        .getNodesList()
        .forEach(
            node ->
                memory.put(node.getName(), node.getDescription().getCapacity().getMemoryBytes()));
    try (UsageFeeds feeds = new UsageFeeds(cluster, memory)) {
      return show(cluster, feeds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailureException(ExitCode.FAILURE, "interrupted", e);
    }
  }

  private int show(Cluster cluster, UsageFeeds feeds) throws InterruptedException {
    int exitCode = ExitCode.OK;
    boolean first = true;
    while (true) {
      List<Instance> meant = meant(cluster);
      List<Instance> running = meant.stream().filter(RunningInstances::runs).toList();
      feeds.follow(running);
      if (first) {
        boolean _ = feeds.awaitReadings(FIRST_NANOS);
      }
      for (Instance instance : running) {
        String problem = feeds.problem(instance).orElse(null);
        if (problem != null) {
          Complaint.say(terminal(), instance.getName(), problem);
          exitCode = ExitCode.FAILURE;
        }
      }
      draw(
          meant.stream()
              .map(each -> new UsageRow(each, feeds.reading(each)))
              .sorted(order().comparator())
              .toList(),
          first);
      first = false;
      boolean over = !names.isEmpty() && feeds.haveEnded();
      if (once || over) {
        return exitCode;
      }
      TimeUnit.NANOSECONDS.sleep(INTERVAL_NANOS);
    }
  }

  /// The newest instance of each slot that is named.
  private List<Instance> meant(Cluster cluster) {
    if (names.isEmpty()) {
      return Listings.instances(
              cluster,
              ListInstancesRequest.newBuilder()
                  .setNamespace(allNamespaces ? "-" : cluster.namespace())
                  .setIncludeFinal(all)
                  .build())
          .getInstancesList()
          .stream()
          .filter(each -> all || RunningInstances.runs(each))
          .toList();
    }
    Map<String, Instance> found = new LinkedHashMap<>();
    for (String name : names) {
      Target target = Target.resolve(cluster, name);
      for (Instance each : Listings.ofWorkload(cluster, target.workload()).getInstancesList()) {
        if (target.isWhole() || target.slots().contains(each.getSlot())) {
          // The newest of a slot comes first.
          var _ = found.putIfAbsent(each.getName(), each);
        }
      }
      if (found.isEmpty()) {
        throw new FailureException(
            ExitCode.FAILURE, name + " has no instance; see `berth ps -a " + name + "`");
      }
    }
    return List.copyOf(found.values());
  }

  private void draw(List<UsageRow> rows, boolean first) {
    if (format.equals("json")) {
      rows.forEach(row -> terminal().out().println(StatsText.json(row)));
    } else {
      boolean inPlace = terminal().outIsTerminal() && !once;
      if (inPlace) {
        terminal().out().print(first ? CLEAR + REDRAW : REDRAW);
      }
      StatsText.table(rows, allNamespaces, id -> noTrunc ? id : id.substring(0, 12))
          .print(terminal(), noTrunc);
    }
    terminal().flush();
  }
}
