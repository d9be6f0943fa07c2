package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.CreateNamespaceRequest;
import dev.berth.v1.Namespace;
import dev.berth.v1.Quota;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `berth ns create`.
@Command(
    description = "Makes a namespace, with a quota or without.",
    footer = "Without this, a namespace is made by the first workload in it.")
public final class NamespaceCreateCommand extends ClusterVerb {
  @Parameters(index = "0", paramLabel = "NAME", description = "Its name.")
  private String name = "";

  @Mixin private final QuotaOptions quota = new QuotaOptions();

  /// @param terminal where it reads and writes
  public NamespaceCreateCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    NamespaceRmCommand.requireGrammar(name);
    var _ = quota.applyTo(Quota.getDefaultInstance());
  }

  @Override
  protected int run(Cluster cluster) {
    Namespace.Builder namespace = Namespace.newBuilder().setName(name);
    if (!quota.isEmpty()) {
      namespace.setQuota(quota.applyTo(Quota.getDefaultInstance()));
    }
    var _ =
        cluster
            .namespaces()
            .createNamespace(CreateNamespaceRequest.newBuilder().setNamespace(namespace).build());
    terminal().out().println(name);
    return 0;
  }
}
