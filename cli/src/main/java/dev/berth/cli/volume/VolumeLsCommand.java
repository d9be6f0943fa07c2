package dev.berth.cli.volume;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.term.Ages;
import dev.berth.cli.term.Filters;
import dev.berth.cli.term.OutputOptions;
import dev.berth.cli.term.Table;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.ContainerUsers;
import dev.berth.cli.verb.NodeObjectListing;
import dev.berth.cli.verb.NodeOutcomes;
import dev.berth.spec.Printable;
import dev.berth.v1.ListVolumesRequest;
import dev.berth.v1.ListVolumesResponse;
import dev.berth.v1.NodeVolume;
import dev.berth.v1.Volume;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;

/// `berth volume ls`.
@Command(
    description = "Lists the volumes that nodes keep for containers.",
    footer = {
      "USED BY names slots whose containers have it, other containers, and in parentheses workloads"
          + " that mount it and have no container here.",
      "Filters: name (a part of it), driver, label (KEY or KEY=VALUE), dangling (true, false: no"
          + " container has it) and node."
    })
public final class VolumeLsCommand extends NodeObjectListing<NodeVolume> {
  private static final List<String> FILTERS =
      List.of("name", "driver", "label", "dangling", "node");

  /// @param terminal where it reads and writes
  public VolumeLsCommand(Terminal terminal) {
    super(terminal, FILTERS);
  }

  @Override
  protected List<NodeVolume> ask(Cluster cluster, List<String> on, NodeOutcomes outcomes) {
    List<NodeVolume> all = new ArrayList<>();
    Iterator<ListVolumesResponse> answers =
        cluster.volumes().listVolumes(ListVolumesRequest.newBuilder().addAllNodes(on).build());
    while (answers.hasNext()) {
      ListVolumesResponse answer = answers.next();
      if (answer.hasFailure()) {
        outcomes.failed(answer.getNode(), answer.getFailure());
      }
      for (Volume volume : answer.getVolumesList()) {
        all.add(NodeVolume.newBuilder().setNode(answer.getNode()).setVolume(volume).build());
      }
    }
    return all;
  }

  @Override
  protected String name(NodeVolume row) {
    return row.getVolume().getName();
  }

  @Override
  protected String node(NodeVolume row) {
    return row.getNode();
  }

  @Override
  protected boolean fits(NodeVolume row, String key, String wanted) {
    Volume volume = row.getVolume();
    return switch (key) {
      case "name" -> volume.getName().contains(wanted);
      case "driver" -> volume.getDriver().equals(wanted);
      case "label" -> Filters.hasLabel(volume.getLabelsMap(), wanted);
      case "dangling" -> Filters.isWanted(volume.getUsersCount() == 0, wanted);
      default -> row.getNode().equals(wanted);
    };
  }

  @Override
  protected void print(Cluster cluster, OutputOptions output, List<NodeVolume> rows) {
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
