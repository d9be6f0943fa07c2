package dev.berth.cli.registry;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import dev.berth.v1.RegistryLogin;
import dev.berth.v1.SetRegistryLoginRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth registry login`.
@Command(
    description = {
      "Gives the containers of a namespace a login to a registry: nodes pull their images with it.",
      "The cluster keeps it encrypted, and shows it to nobody; only nodes that run such containers"
          + " get it, and hold it in memory."
    },
    footer = {
      "The registry is asked from here whether it takes the login, unless --no-check is given. For"
          + " your own pull and push there is berth login.",
      "  pass show registry | berth registry login -n shop -u robot --password-stdin"
          + " registry.example:5000"
    })
public final class RegistryLoginCommand extends ClusterVerb {
  @Mixin private final LoginPrompt prompt = new LoginPrompt();

  @Option(
      names = "--registry-ca-cert",
      paramLabel = "FILE",
      description = "Certificate of the authority of the registry, PEM.")
  private List<Path> authorities = new ArrayList<>();

  @Option(
      names = "--no-check",
      description = "Does not ask the registry, which nodes may reach and this host does not.")
  private boolean unchecked;

  @Parameters(
      arity = "0..1",
      paramLabel = "SERVER",
      description = "The registry's host and port; Docker Hub unless given.")
  private String server = "";

  /// @param terminal where it reads and writes
  public RegistryLoginCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    prompt.check();
    var _ = RegistryHost.ofUser(server);
  }

  @Override
  protected int run(Cluster cluster) throws IOException {
    RegistryHost registry = RegistryHost.ofUser(server);
    LoginPrompt.Answer answer = prompt.ask(terminal(), registry);
    var _ =
        cluster
            .registries()
            .setRegistryLogin(
                SetRegistryLoginRequest.newBuilder()
                    .setNamespace(cluster.namespace())
                    .setLogin(login(registry, answer))
                    .build());
    terminal().out().println("Login Succeeded");
    terminal()
        .say(
            "containers of namespace "
                + Printable.escape(cluster.namespace())
                + " pull from "
                + Printable.escape(registry.words())
                + " with it");
    return ExitCode.OK;
  }

  private RegistryLogin login(RegistryHost registry, LoginPrompt.Answer answer) throws IOException {
    if (unchecked) {
      return RegistryLogin.newBuilder()
          .setServer(registry.key())
          .setUsername(answer.user())
          .setPassword(answer.password())
          .build();
    }
    try {
      return new RegistryCheck(registry, RegistryTrust.of(registry, authorities))
          .verify(answer.user(), answer.password());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailureException(ExitCode.FAILURE, "interrupted", e);
    }
  }
}
