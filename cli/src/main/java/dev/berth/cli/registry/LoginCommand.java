package dev.berth.cli.registry;

import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import dev.berth.v1.RegistryLogin;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
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
  private static final int PASSWORD_MAX = 8192;

  private final Terminal terminal;

  @Option(
      names = {"-u", "--username"},
      paramLabel = "USER",
      description = "The user; asked for unless given.")
  private String user = "";

  @Option(
      names = {"-p", "--password"},
      paramLabel = "PASSWORD",
      description = "The password; others can see it on the command line.")
  private String password = "";

  @Option(names = "--password-stdin", description = "Takes the password from standard input.")
  private boolean fromInput;

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
    if (fromInput && !password.isEmpty()) {
      throw FailureException.usage("--password and --password-stdin: both given (expected: one)");
    }
    if (fromInput && user.isEmpty()) {
      throw FailureException.usage("--password-stdin: needs --username");
    }
    if (!password.isEmpty()) {
      terminal.say("WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
    }
    String secret = secret(registry);
    RegistryLogins logins = new RegistryLogins(terminal.environment());
    try {
      RegistryLogin login =
          new RegistryCheck(registry, RegistryTrust.of(registry, authorities)).verify(user, secret);
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

  private String secret(RegistryHost registry) throws IOException {
    if (fromInput) {
      byte[] read = terminal.in().readNBytes(PASSWORD_MAX + 1);
      return required(
          new String(read, StandardCharsets.UTF_8).replaceFirst("(\r\n|\n)$", ""), "stdin");
    }
    if (!password.isEmpty() && !user.isEmpty()) {
      return required(password, "--password");
    }
    Console console = terminal.inIsTerminal() ? System.console() : null;
    if (console == null) {
      throw FailureException.usage(
          "this is no terminal on which user and password can be asked for (expected: -u USER"
              + " --password-stdin)");
    }
    if (user.isEmpty()) {
      terminal.err().print("User on " + registry.words() + ": ");
      terminal.err().flush();
      String line =
          new BufferedReader(new InputStreamReader(terminal.in(), StandardCharsets.UTF_8))
              .readLine();
      user = line == null ? "" : line.strip();
      if (user.isEmpty()) {
        throw FailureException.usage("no user was given");
      }
    }
    if (!password.isEmpty()) {
      return required(password, "--password");
    }
    char[] typed = console.readPassword("Password: ");
    return required(typed == null ? "" : new String(typed), "password");
  }

  private static String required(String secret, String where) {
    if (secret.isEmpty() || secret.length() > PASSWORD_MAX) {
      throw FailureException.usage(
          where + ": " + secret.length() + " characters (expected: 1 to " + PASSWORD_MAX + ")");
    }
    return secret;
  }
}
