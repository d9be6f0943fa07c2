package dev.berth.cli.registry;

import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `berth logout`.
@Command(description = "Forgets the login to a registry, for docker too.")
public final class LogoutCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(
      arity = "0..1",
      paramLabel = "SERVER",
      description = "The registry's host and port; Docker Hub unless given.")
  private String server = "";

  /// @param terminal where it reads and writes
  public LogoutCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    RegistryHost registry = RegistryHost.ofUser(server);
    boolean known = new RegistryLogins(terminal.environment()).erase(registry);
    String said = known ? "Removing login credentials for " : "Not logged in to ";
    terminal.out().println(said + Printable.escape(registry.words()));
    terminal.flush();
    return ExitCode.OK;
  }
}
