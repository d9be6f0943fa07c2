package dev.berth.cli.image;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.Listings;
import dev.berth.cli.term.Ages;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Json;
import dev.berth.cli.term.OutputOptions;
import dev.berth.cli.term.Table;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.Complaint;
import dev.berth.spec.Printable;
import dev.berth.spec.Quantity;
import dev.berth.v1.Image;
import dev.berth.v1.Kind;
import dev.berth.v1.ListImagesRequest;
import dev.berth.v1.ListImagesResponse;
import dev.berth.v1.ListInstancesRequest;
import dev.berth.v1.NodeImages;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth images` and `berth image ls`.
@Command(
    description =
        "Lists the images that nodes have: those of containers, and the disks of virtual machines.",
    footer = {
      "-o wide names the instances that use each. Disks without a name were fetched by their URL,"
          + " or their name means another one now; they are removed when no machine has used them"
          + " for a while.",
      "Filters: reference (a name, or a pattern: * and ? stand for anything but a slash),"
          + " repository, tag, node, kind (container, vm), dangling and used (true, false)."
    })
public final class ImagesCommand extends ClusterVerb {
  private static final List<String> FILTERS =
      List.of("reference", "repository", "tag", "node", "kind", "dangling", "used");

  @Mixin private final ImageNodes nodes = new ImageNodes();
  @Mixin private final OutputOptions output = new OutputOptions();

  @Option(
      names = "--kind",
      paramLabel = "container|vm",
      description = "Only images of containers, or disks of virtual machines.")
  private @Nullable String kind;

  @Option(names = "--digests", description = "Shows under which digests registries have them.")
  private boolean digests;

  @Parameters(
      arity = "0..1",
      paramLabel = "REPOSITORY[:TAG]",
      description = "Only images of this name.")
  private String name = "";

  /// @param terminal where it reads and writes
  public ImagesCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    nodes.check();
    output.check(FILTERS);
    var _ = ReferencePattern.of(name);
    var _ = kinds();
  }

  private List<Kind> kinds() {
    return switch (kind) {
      case null -> List.of(Kind.KIND_CONTAINER, Kind.KIND_VM);
      case "container" -> List.of(Kind.KIND_CONTAINER);
      case "vm" -> List.of(Kind.KIND_VM);
      default ->
          throw FailureException.usage(
              "--kind: value: " + Printable.quote(kind) + " (expected: container or vm)");
    };
  }

  @Override
  protected int run(Cluster cluster) {
    List<NodeImages> all = ask(cluster, nodes, kinds());
    List<ImageRow> rows =
        output.filter(
            ImageRow.of(all).stream().filter(this::isNamed).toList(), ImagesCommand::fits);
    switch (output.format()) {
      case JSON -> terminal().out().println(Json.array(kept(all, rows)));
      case YAML -> terminal().out().println(Json.toYaml(Json.array(kept(all, rows))));
      case TABLE, WIDE, NAME -> print(cluster, rows);
    }
    int exitCode = ExitCode.OK;
    for (NodeImages node : all) {
      if (node.hasFailure()) {
        Complaint.say(terminal(), node.getNode(), node.getFailure().getMessage());
        exitCode = ExitCode.FAILURE;
      }
    }
    return exitCode;
  }

  /// What nodes have, in order of their names.
  static List<NodeImages> ask(Cluster cluster, ImageNodes nodes, List<Kind> kinds) {
    TreeMap<String, NodeImages.Builder> found = new TreeMap<>();
    Iterator<ListImagesResponse> answers =
        cluster
            .imageStreams()
            .listImages(
                ListImagesRequest.newBuilder()
                    .addAllNodes(nodes.names())
                    .addAllKinds(kinds)
                    .build());
    while (answers.hasNext()) {
      NodeImages part = answers.next().getResult();
      found.computeIfAbsent(part.getNode(), _ -> NodeImages.newBuilder()).mergeFrom(part);
    }
    return found.values().stream().map(NodeImages.Builder::build).toList();
  }

  private boolean isNamed(ImageRow row) {
    return name.isEmpty() || fits(row, "reference", name);
  }

  private static boolean fits(ImageRow row, String key, String wanted) {
    return key.equals("reference")
        ? ReferencePattern.of(wanted).fits(row.name(), row.repository())
        : wanted.equalsIgnoreCase(row.filterValue(key));
  }

  private static List<NodeImages> kept(List<NodeImages> all, List<ImageRow> rows) {
    return all.stream()
        .map(
            node ->
                node.toBuilder()
                    .clearImages()
                    .addAllImages(
                        node.getImagesList().stream()
                            .filter(image -> isIn(rows, node.getNode(), image))
                            .toList())
                    .build())
        .toList();
  }

  private static boolean isIn(List<ImageRow> rows, String node, Image image) {
    return rows.stream().anyMatch(row -> row.node().equals(node) && row.image().equals(image));
  }

  private void print(Cluster cluster, List<ImageRow> rows) {
    boolean wide = output.format() == OutputOptions.Format.WIDE;
    Map<String, String> instances = wide ? instances(cluster, rows) : Map.of();
    output.print(
        terminal(),
        // Several names, or several nodes, are one identity.
        output.quiet() ? distinct(rows) : rows,
        NodeImages.getDefaultInstance(),
        new OutputOptions.Identity<>() {
          @Override
          public String id(ImageRow row) {
            return row.image().getSha256();
          }

          @Override
          public String name(ImageRow row) {
            return row.name().isEmpty() ? row.image().getSha256() : row.name();
          }
        },
        isWide -> table(rows, isWide, instances));
  }

  private static List<ImageRow> distinct(List<ImageRow> rows) {
    Map<String, ImageRow> first = new java.util.LinkedHashMap<>();
    rows.forEach(row -> first.putIfAbsent(row.image().getSha256(), row));
    return List.copyOf(first.values());
  }

  private Table table(List<ImageRow> rows, boolean wide, Map<String, String> instances) {
    List<String> headers =
        new ArrayList<>(
            List.of("REPOSITORY", "TAG", "IMAGE ID", "KIND", "NODE", "CREATED", "SIZE", "USED BY"));
    if (digests) {
      headers.add(2, "DIGEST");
    }
    if (wide) {
      headers.add("LAST USE");
    }
    Table table = new Table(headers);
    Instant now = Instant.now();
    for (ImageRow row : rows) {
      Image image = row.image();
      List<String> cells =
          new ArrayList<>(
              List.of(
                  row.repository(),
                  row.tag(),
                  output.id(image.getSha256()),
                  row.kind(),
                  row.node(),
                  Ages.since(image.getContainer().getCreateTime(), now),
                  Quantity.roundedMemory(image.getSizeBytes()),
                  wide ? users(image, instances) : Integer.toString(image.getUsedByCount())));
      if (digests) {
        cells.add(2, row.digest());
      }
      if (wide) {
        cells.add(Ages.since(image.getLastUseTime(), now));
      }
      table.row(cells);
    }
    return table;
  }

  private static String users(Image image, Map<String, String> instances) {
    return image.getUsedByCount() == 0
        ? "-"
        : image.getUsedByList().stream()
            .map(id -> instances.getOrDefault(id, id))
            .sorted()
            .collect(Collectors.joining(","));
  }

  /// Slots by the id of their instance, of all namespaces.
  private static Map<String, String> instances(Cluster cluster, List<ImageRow> rows) {
    Map<String, String> names = new HashMap<>();
    if (rows.stream().anyMatch(row -> row.image().getUsedByCount() > 0)) {
      Listings.instances(
              cluster,
              ListInstancesRequest.newBuilder().setNamespace("-").setIncludeFinal(true).build())
          .getInstancesList()
          .forEach(
              each ->
                  names.put(
                      each.getId(),
                      each.getNamespace().equals(cluster.namespace())
                          ? each.getName()
                          : each.getNamespace() + "/" + each.getName()));
    }
    return names;
  }
}
