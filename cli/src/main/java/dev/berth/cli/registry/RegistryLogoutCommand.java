package dev.berth.cli.registry;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import dev.berth.v1.RemoveRegistryLoginRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `berth registry logout`.
@Command(
    description = "Takes a namespace's login to a registry away, also from the nodes that have it.")
public final class RegistryLogoutCommand extends ClusterVerb {
  @Parameters(
      arity = "0..1",
      paramLabel = "SERVER",
      description = "The registry's host and port; Docker Hub unless given.")
  private String server = "";

  /// @param terminal where it reads and writes
  public RegistryLogoutCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    var _ = RegistryHost.ofUser(server);
  }

  @Override
  protected int run(Cluster cluster) {
    RegistryHost registry = RegistryHost.ofUser(server);
    var _ =
        cluster
            .registries()
            .removeRegistryLogin(
                RemoveRegistryLoginRequest.newBuilder()
                    .setNamespace(cluster.namespace())
                    .setServer(registry.key())
                    .build());
    terminal()
        .out()
        .println("Removing login credentials for " + Printable.escape(registry.words()));
    return 0;
  }
}
