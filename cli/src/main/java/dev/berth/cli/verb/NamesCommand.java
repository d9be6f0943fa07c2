package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterOptions;
import dev.berth.cli.cluster.Listings;
import dev.berth.cli.term.Terminal;
import dev.berth.client.context.ContextException;
import dev.berth.v1.Kind;
import dev.berth.v1.ListImagesRequest;
import dev.berth.v1.ListInstancesRequest;
import dev.berth.v1.ListNetworksRequest;
import dev.berth.v1.ListVolumesRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Lists names for completion scripts. Says nothing when there is no cluster.
@Command(hidden = true)
public final class NamesCommand implements Callable<Integer> {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]*");

  private final Terminal terminal;

  @Parameters(
      index = "0",
      paramLabel = "workloads|targets|nodes|tokens|namespaces|images|volumes|networks")
  private String what = "";

  @Mixin private final ClusterOptions options = new ClusterOptions();

  /// @param terminal where it reads and writes
  public NamesCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Set<String> names = new TreeSet<>();
    try (Cluster cluster = options.open(terminal)) {
      switch (what) {
        case "nodes" ->
            Listings.nodes(cluster).getNodesList().forEach(node -> names.add(node.getName()));
        case "tokens" ->
            Listings.tokens(cluster).getTokensList().forEach(token -> names.add(token.getId()));
        case "namespaces" ->
            Listings.namespaces(cluster)
                .getNamespacesList()
                .forEach(namespace -> names.add(namespace.getName()));
        case "images" -> images(cluster, names);
        case "volumes" -> volumes(cluster, names);
        case "networks" -> networks(cluster, names);
        case "targets" -> {
          workloads(cluster, names);
          slots(cluster, names);
        }
        default -> workloads(cluster, names);
      }
    } catch (ContextException | IOException | StatusRuntimeException _) {
      return 1;
    }
    // Shells expand what completion offers: only what is surely a name may reach them.
    names.removeIf(name -> !NAME.matcher(name).matches());
    names.forEach(terminal.out()::println);
    return 0;
  }

  private static void workloads(Cluster cluster, Set<String> names) {
    Listings.workloads(cluster)
        .getWorkloadsList()
        .forEach(workload -> names.add(workload.getName()));
  }

  private static void images(Cluster cluster, Set<String> names) {
    ListImagesRequest request =
        ListImagesRequest.newBuilder().addKinds(Kind.KIND_CONTAINER).build();
    cluster
        .imageStreams()
        .listImages(request)
        .forEachRemaining(
            answer ->
                answer
                    .getResult()
                    .getImagesList()
                    .forEach(image -> names.addAll(image.getNamesList())));
  }

  private static void volumes(Cluster cluster, Set<String> names) {
    cluster
        .volumes()
        .listVolumes(ListVolumesRequest.getDefaultInstance())
        .forEachRemaining(
            answer -> answer.getVolumesList().forEach(volume -> names.add(volume.getName())));
  }

  private static void networks(Cluster cluster, Set<String> names) {
    cluster
        .networks()
        .listNetworks(ListNetworksRequest.getDefaultInstance())
        .forEachRemaining(
            answer -> answer.getNetworksList().forEach(network -> names.add(network.getName())));
  }

  private static void slots(Cluster cluster, Set<String> names) {
    ListInstancesRequest request =
        ListInstancesRequest.newBuilder()
            .setNamespace(cluster.namespace())
            .setIncludeFinal(true)
            .build();
    Listings.instances(cluster, request)
        .getInstancesList()
        .forEach(instance -> names.add(instance.getName()));
  }
}
