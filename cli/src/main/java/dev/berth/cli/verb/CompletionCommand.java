package dev.berth.cli.verb;

import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `berth completion`.
@Command(
    description = "Prints a completion script for a shell.",
    footer = {
      "bash: source <(berth completion bash)",
      "zsh:  source <(berth completion zsh)",
      "fish: berth completion fish | source"
    })
public final class CompletionCommand implements Callable<Integer> {
  private static final List<String> SHELLS = List.of("bash", "zsh", "fish");

  private final Terminal terminal;

  @Parameters(index = "0", paramLabel = "bash|zsh|fish", description = "The shell.")
  private String shell = "";

  /// @param terminal where it reads and writes
  public CompletionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (!SHELLS.contains(shell)) {
      throw FailureException.usage(
          "shell: value: " + Printable.quote(shell) + " (expected: bash, zsh or fish)");
    }
    try (InputStream script =
        CompletionCommand.class.getResourceAsStream("/dev/berth/cli/completion." + shell)) {
      if (script == null) {
        throw new IOException("the script is missing from the package");
      }
      terminal.out().print(new String(script.readAllBytes(), StandardCharsets.UTF_8));
    }
    return 0;
  }
}
