package dev.berth.cli.registry;

import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import dev.berth.v1.RegistryLogin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth login`.
@Command(
    description = "Logs in to a registry, and keeps the login where docker keeps it.",
    footer = {
      "The registry is asked whether it takes the login. Then berth pull, push and build send it"
          + " with their requests; nodes use it for the request and keep it nowhere.",
      "  berth login registry.example:5000",
      "  pass show registry | berth login -u robot --password-stdin registry.example:5000"
    })
public final class LoginCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final LoginPrompt prompt = new LoginPrompt();

  @Option(
      names = "--registry-ca-cert",
      paramLabel = "FILE",
      description = "Certificate of the authority of the registry, PEM.")
  private List<Path> authorities = new ArrayList<>();

  @Parameters(
      arity = "0..1",
      paramLabel = "SERVER",
      description = "The registry's host and port; Docker Hub unless given.")
  private String server = "";

  /// @param terminal where it reads and writes
  public LoginCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    RegistryHost registry = RegistryHost.ofUser(server);
    LoginPrompt.Answer answer = prompt.ask(terminal, registry);
    RegistryLogins logins = new RegistryLogins(terminal.environment());
    try {
      RegistryLogin login =
          new RegistryCheck(registry, RegistryTrust.of(registry, authorities))
              .verify(answer.user(), answer.password());
      boolean open = logins.store(registry, login);
      if (open) {
        terminal.say(
            "the login is kept unencrypted in "
                + Printable.escape(logins.place())
                + "; a credential helper in its credsStore keeps it better");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailureException(ExitCode.FAILURE, "interrupted", e);
    }
    terminal.out().println("Login Succeeded");
    terminal.flush();
    return ExitCode.OK;
  }
}
