package dev.berth.cli.registry;

import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Option;

/// User and password of a login: given, read from standard input, or asked for.
final class LoginPrompt {
  private static final int PASSWORD_MAX = 8192;

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

  /// Who it is, and by which password.
  record Answer(String user, String password) {
    @Override
    public String toString() {
      return user; // The password is in no message.
    }
  }

  /// Refuses options that do not go together.
  ///
  /// @throws FailureException with exit code 2
  void check() {
    if (fromInput && !password.isEmpty()) {
      throw FailureException.usage("--password and --password-stdin: both given (expected: one)");
    }
    if (fromInput && user.isEmpty()) {
      throw FailureException.usage("--password-stdin: needs --username");
    }
  }

  /// Asks for what was not given.
  ///
  /// @throws FailureException with exit code 2 when nobody can be asked
  Answer ask(Terminal terminal, RegistryHost registry) throws IOException {
    check();
    if (!password.isEmpty()) {
      terminal.say("WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
    }
    String secret = secret(terminal, registry);
    return new Answer(user, secret);
  }

  private String secret(Terminal terminal, RegistryHost registry) throws IOException {
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
