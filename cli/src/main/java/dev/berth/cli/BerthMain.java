package dev.berth.cli;

import dev.berth.cli.term.Terminal;
import java.util.List;

/// Starts the `berth` command.
public final class BerthMain {
  private BerthMain() {}

  /// Runs one command line and exits with its code.
  public static void main(String[] args) {
    System.exit(run(List.of(args)));
  }

  static int run(List<String> arguments) {
    return new BerthCommand(Terminal.ofProcess()).run(arguments);
  }
}
