package dev.berth.cli.verb;

import com.google.protobuf.util.Timestamps;
import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.Listings;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.OutputOptions;
import dev.berth.cli.term.Table;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.Instance;
import dev.berth.v1.ListInstancesRequest;
import dev.berth.v1.ListInstancesResponse;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth ps`.
@Command(description = "Lists instances: those that live, or with -a those that ended too.")
public final class PsCommand extends ClusterVerb {
  @Option(
      names = {"-a", "--all"},
      description = "Also instances that ended.")
  private boolean all;

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "Instances of every namespace.")
  private boolean allNamespaces;

  @Option(
      names = {"-l", "--latest"},
      description = "Only the instance that was made last, whatever its state.")
  private boolean latest;

  @Option(
      names = "--last",
      paramLabel = "NUMBER",
      description = "Only so many, those that were made last, whatever their state.")
  private int last = Integer.MAX_VALUE;

  @Parameters(arity = "0..1", paramLabel = "WORKLOAD", description = "Only of this workload.")
  private String workload = "";

  @Mixin private final OutputOptions output = new OutputOptions();

  /// @param terminal where it reads and writes
  public PsCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    output.check(InstanceFilters.KEYS);
    if (last < 1) {
      throw FailureException.usage("--last: value: " + last + " (expected: 1 or more)");
    }
  }

  @Override
  protected int run(Cluster cluster) {
    String namespace = allNamespaces ? "-" : cluster.namespace();
    Set<String> keys = output.filterKeys();
    int most = latest ? 1 : last;
    ListInstancesResponse answer =
        Listings.instances(
            cluster,
            ListInstancesRequest.newBuilder()
                .setNamespace(namespace)
                .setWorkload(workload)
                .setIncludeFinal(all || most < Integer.MAX_VALUE || InstanceFilters.seesEnded(keys))
                .build());
    InstanceFilters filters = new InstanceFilters();
    filters.prepare(cluster, namespace, keys);
    List<Instance> instances =
        newest(output.filter(answer.getInstancesList(), filters::fits), most);
    output.print(
        terminal(),
        instances,
        answer.toBuilder().clearInstances().addAllInstances(instances),
        new OutputOptions.Identity<>() {
          @Override
          public String id(Instance instance) {
            return instance.getId();
          }

          @Override
          public String name(Instance instance) {
            return instance.getName();
          }
        },
        wide -> table(instances, wide, namespace.equals("-")));
    return 0;
  }

  /// Those that were made last, the newest first; all as they are when there are no more.
  private static List<Instance> newest(List<Instance> instances, int most) {
    return most == Integer.MAX_VALUE
        ? instances
        : instances.stream()
            .sorted(
                Comparator.comparing(Instance::getCreateTime, Timestamps.comparator()).reversed())
            .limit(most)
            .toList();
  }

  private Table table(List<Instance> instances, boolean wide, boolean withNamespace) {
    Instant now = Instant.now();
    InstanceText text = new InstanceText(now);
    String slot = withNamespace ? "NAMESPACE/SLOT" : "SLOT";
    Table table =
        wide
            ? new Table(
                slot,
                "ID",
                "IMAGE",
                "NODE",
                "STATE",
                "PORTS",
                "HEALTH",
                "BOOT",
                "RESTARTS",
                "EXIT",
                "REVISION",
                "CREATED",
                "MESSAGE")
            : new Table(slot, "ID", "IMAGE", "NODE", "STATE", "PORTS");
    for (Instance instance : instances) {
      String name =
          withNamespace ? instance.getNamespace() + "/" + instance.getName() : instance.getName();
      String id = output.id(instance.getId());
      String image = wide ? instance.getImage() : InstanceText.image(instance);
      String node = instance.getNode().isEmpty() ? "-" : instance.getNode();
      String state = text.state(instance);
      String ports = text.ports(instance);
      if (wide) {
        table.row(
            name,
            id,
            image,
            node,
            state,
            ports,
            text.health(instance),
            BootText.latest(instance),
            Integer.toString(instance.getStatus().getRestarts()),
            text.exitCode(instance),
            Long.toString(instance.getWorkloadRevision()),
            text.created(instance),
            instance.getStatus().getMessage());
      } else {
        table.row(name, id, image, node, state, ports);
      }
    }
    return table;
  }
}
