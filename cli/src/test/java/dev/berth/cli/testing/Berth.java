package dev.berth.cli.testing;

import dev.berth.cli.BerthCommand;
import dev.berth.cli.term.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Runs command lines as a user would, in this process.
///
/// @param environment of the user
/// @param stdin what is piped in
/// @param onTerminal true when stdout and stderr are a terminal, of 80 columns unless `COLUMNS` is
///     set
public record Berth(Map<String, String> environment, String stdin, boolean onTerminal) {
  /// Copies the map.
  public Berth {
    environment = Map.copyOf(environment);
  }

  /// With output that is piped, and nothing to read.
  public Berth(Map<String, String> environment) {
    this(environment, "", false);
  }

  /// What a command line did.
  ///
  /// @param out all of stdout
  /// @param err all of stderr
  public record Result(int exitCode, String out, String err) {
    /// The lines of stdout.
    public List<String> lines() {
      return out.lines().toList();
    }
  }

  /// The same on a terminal.
  public Berth onTerminal(int columns) {
    return with("COLUMNS", Integer.toString(columns)).terminal(true);
  }

  /// The same with one more variable.
  public Berth with(String name, String value) {
    Map<String, String> changed = new HashMap<>(environment);
    changed.put(name, value);
    return new Berth(changed, stdin, onTerminal);
  }

  /// The same with something to read.
  public Berth reading(String text) {
    return new Berth(environment, text, onTerminal);
  }

  /// Runs `berth ARGUMENTS`.
  public Result run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            onTerminal,
            onTerminal,
            environment);
    int exitCode = new BerthCommand(terminal).run(List.of(arguments));
    return new Result(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private Berth terminal(boolean is) {
    return new Berth(environment, stdin, is);
  }
}
