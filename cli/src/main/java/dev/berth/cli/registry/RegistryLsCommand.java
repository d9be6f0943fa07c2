package dev.berth.cli.registry;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.Ages;
import dev.berth.cli.term.OutputOptions;
import dev.berth.cli.term.Table;
import dev.berth.cli.term.Terminal;
import dev.berth.v1.KeptRegistryLogin;
import dev.berth.v1.ListRegistryLoginsRequest;
import dev.berth.v1.ListRegistryLoginsResponse;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `berth registry ls`.
@Command(
    description = "Lists the registries to which the containers of a namespace have a login.",
    footer = "-n - lists those of all namespaces. Passwords are shown nowhere.")
public final class RegistryLsCommand extends ClusterVerb {
  @Mixin private final OutputOptions output = new OutputOptions();

  /// @param terminal where it reads and writes
  public RegistryLsCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    output.check(List.of("server", "user", "namespace"));
  }

  @Override
  protected int run(Cluster cluster) {
    ListRegistryLoginsResponse answer =
        cluster
            .registries()
            .listRegistryLogins(
                ListRegistryLoginsRequest.newBuilder().setNamespace(cluster.namespace()).build());
    List<KeptRegistryLogin> logins =
        output.filter(
            answer.getLoginsList(),
            (login, key) ->
                switch (key) {
                  case "server" -> login.getServer();
                  case "user" -> login.getUsername();
                  default -> login.getNamespace();
                });
    output.print(
        terminal(),
        logins,
        answer.toBuilder().clearLogins().addAllLogins(logins),
        new OutputOptions.Identity<>() {
          @Override
          public String id(KeptRegistryLogin login) {
            return login.getServer();
          }

          @Override
          public String name(KeptRegistryLogin login) {
            return login.getServer();
          }
        },
        _ -> table(logins));
    return 0;
  }

  private static Table table(List<KeptRegistryLogin> logins) {
    Table table = new Table("NAMESPACE", "REGISTRY", "USER", "SET");
    for (KeptRegistryLogin login : logins) {
      table.row(
          login.getNamespace(),
          login.getServer(),
          login.getUsername(),
          Ages.since(login.getSetTime(), Instant.now()));
    }
    return table;
  }
}
