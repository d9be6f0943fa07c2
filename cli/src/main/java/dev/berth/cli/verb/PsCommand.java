package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.Listings;
import dev.berth.cli.term.OutputOptions;
import dev.berth.cli.term.Table;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.Instance;
import dev.berth.v1.ListInstancesRequest;
import dev.berth.v1.ListInstancesResponse;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth ps`.
@Command(description = "Lists instances: those that live, or with -a those that ended too.")
public final class PsCommand extends ClusterVerb {
  private static final List<String> FILTERS =
      List.of("workload", "slot", "node", "state", "image", "health", "namespace");

  @Option(
      names = {"-a", "--all"},
      description = "Also instances that ended.")
  private boolean all;

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "Instances of every namespace.")
  private boolean allNamespaces;

  @Parameters(arity = "0..1", paramLabel = "WORKLOAD", description = "Only of this workload.")
  private String workload = "";

  @Mixin private final OutputOptions output = new OutputOptions();

  /// @param terminal where it reads and writes
  public PsCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    output.check(FILTERS);
  }

  @Override
  protected int run(Cluster cluster) {
    String namespace = allNamespaces ? "-" : cluster.namespace();
    ListInstancesResponse answer =
        Listings.instances(
            cluster,
            ListInstancesRequest.newBuilder()
                .setNamespace(namespace)
                .setWorkload(workload)
                .setIncludeFinal(all)
                .build());
    List<Instance> instances = output.filter(answer.getInstancesList(), InstanceText::filterValue);
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
      String image = instance.getImage();
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
