package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.Listings;
import dev.berth.cli.term.Ages;
import dev.berth.cli.term.OutputOptions;
import dev.berth.cli.term.Table;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.ListNamespacesResponse;
import dev.berth.v1.Namespace;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `berth ns ls`.
@Command(description = "Lists namespaces with what they reserve, and their quotas behind a slash.")
public final class NamespaceLsCommand extends ClusterVerb {
  @Mixin private final OutputOptions output = new OutputOptions();

  /// @param terminal where it reads and writes
  public NamespaceLsCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    output.check(List.of("name"));
  }

  @Override
  protected int run(Cluster cluster) {
    ListNamespacesResponse answer = Listings.namespaces(cluster);
    List<Namespace> namespaces =
        output.filter(answer.getNamespacesList(), (namespace, _) -> namespace.getName());
    output.print(
        terminal(),
        namespaces,
        answer.toBuilder().clearNamespaces().addAllNamespaces(namespaces),
        new OutputOptions.Identity<>() {
          @Override
          public String id(Namespace namespace) {
            return namespace.getName();
          }

          @Override
          public String name(Namespace namespace) {
            return namespace.getName();
          }
        },
        _ -> table(namespaces));
    return 0;
  }

  private static Table table(List<Namespace> namespaces) {
    Table table = new Table("NAME", "WORKLOADS", "INSTANCES", "CPU", "MEMORY", "AGE");
    Instant now = Instant.now();
    for (Namespace namespace : namespaces) {
      table.row(
          namespace.getName(),
          Integer.toString(namespace.getWorkloads()),
          NamespaceText.instances(namespace),
          NamespaceText.cpu(namespace),
          NamespaceText.memory(namespace),
          Ages.since(namespace.getCreateTime(), now));
    }
    return table;
  }
}
