package dev.berth.cli.volume;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.NodeChoice;
import dev.berth.cli.term.Ages;
import dev.berth.cli.term.Filters;
import dev.berth.cli.term.Json;
import dev.berth.cli.term.OutputOptions;
import dev.berth.cli.term.Table;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.ContainerUsers;
import dev.berth.cli.verb.NodeOutcomes;
import dev.berth.spec.Printable;
import dev.berth.v1.ListVolumesRequest;
import dev.berth.v1.ListVolumesResponse;
import dev.berth.v1.NodeVolume;
import dev.berth.v1.Volume;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `berth volume ls`.
@Command(
    description = "Lists the volumes that nodes keep for containers.",
    footer = {
      "USED BY names slots whose containers have it, other containers, and in parentheses workloads"
          + " that mount it and have no container here.",
      "Filters: name (a part of it), driver, label (KEY or KEY=VALUE), dangling (true, false: no"
          + " container has it) and node."
    })
public final class VolumeLsCommand extends ClusterVerb {
  private static final List<String> FILTERS =
      List.of("name", "driver", "label", "dangling", "node");

  @Mixin private final NodeChoice nodes = new NodeChoice();
  @Mixin private final OutputOptions output = new OutputOptions();

  /// @param terminal where it reads and writes
  public VolumeLsCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    nodes.check();
    output.check(FILTERS);
  }

  @Override
  protected int run(Cluster cluster) {
    List<NodeVolume> all = new ArrayList<>();
    NodeOutcomes outcomes = new NodeOutcomes();
    Iterator<ListVolumesResponse> answers =
        cluster
            .volumes()
            .listVolumes(ListVolumesRequest.newBuilder().addAllNodes(nodes.names()).build());
    while (answers.hasNext()) {
      ListVolumesResponse answer = answers.next();
      if (answer.hasFailure()) {
        outcomes.failed(answer.getNode(), answer.getFailure());
      }
      answer
          .getVolumesList()
          .forEach(
              volume ->
                  all.add(
                      NodeVolume.newBuilder().setNode(answer.getNode()).setVolume(volume).build()));
    }
    all.sort(
        Comparator.comparing((NodeVolume each) -> each.getVolume().getName())
            .thenComparing(NodeVolume::getNode));
    List<NodeVolume> rows = output.filter(all, VolumeLsCommand::fits);
    switch (output.format()) {
      case JSON -> terminal().out().println(Json.array(rows));
      case YAML -> terminal().out().println(Json.toYaml(Json.array(rows)));
      case TABLE, WIDE, NAME -> print(cluster, rows);
    }
    return outcomes.complain(terminal());
  }

  private static boolean fits(NodeVolume row, String key, String wanted) {
    Volume volume = row.getVolume();
    return switch (key) {
      case "name" -> volume.getName().contains(wanted);
      case "driver" -> volume.getDriver().equals(wanted);
      case "label" -> Filters.hasLabel(volume.getLabelsMap(), wanted);
      case "dangling" -> Boolean.toString(volume.getUsersCount() == 0).equals(lower(wanted));
      default -> row.getNode().equals(wanted);
    };
  }

  private static String lower(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.equals("1") ? "true" : lower.equals("0") ? "false" : lower;
  }

  private void print(Cluster cluster, List<NodeVolume> rows) {
    if (output.quiet() || output.format() == OutputOptions.Format.NAME) {
      // Volumes of several nodes are one name.
      Set<String> names = new LinkedHashSet<>();
      rows.forEach(row -> names.add(row.getVolume().getName()));
      names.forEach(name -> terminal().out().println(Printable.escape(name)));
      return;
    }
    boolean wide = output.format() == OutputOptions.Format.WIDE;
    List<String> headers =
        new ArrayList<>(List.of("DRIVER", "VOLUME NAME", "NODE", "CREATED", "USED BY"));
    if (wide) {
      headers.addAll(List.of("SCOPE", "MOUNTPOINT"));
    }
    Table table = new Table(headers);
    Instant now = Instant.now();
    for (NodeVolume row : rows) {
      Volume volume = row.getVolume();
      List<String> cells =
          new ArrayList<>(
              List.of(
                  volume.getDriver(),
                  volume.getName(),
                  row.getNode(),
                  Ages.since(volume.getCreateTime(), now),
                  ContainerUsers.words(
                      volume.getUsersList(),
                      volume.getWorkloadsList(),
                      cluster.namespace(),
                      wide)));
      if (wide) {
        cells.addAll(List.of(volume.getScope(), volume.getMountpoint()));
      }
      table.row(cells);
    }
    table.print(terminal(), wide);
  }
}
