package dev.berth.cli.console;

import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Asks and sets how the terminal that is stdin behaves.
interface Stty {
  /// Runs `stty ARGUMENTS` and answers what it prints.
  ///
  /// @throws FailureException when it cannot
  String run(String... arguments);

  /// The program of that name.
  static Stty ofProcess() {
    return arguments -> {
      List<String> command = new ArrayList<>(List.of("stty"));
      command.addAll(List.of(arguments));
      try {
        Process stty =
            new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.INHERIT)
                .redirectErrorStream(true)
                .start();
        String said =
            new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (stty.waitFor() != 0) {
          throw new FailureException(ExitCode.FAILURE, "the terminal cannot be set: " + said);
        }
        return said;
      } catch (IOException e) {
        throw new FailureException(
            ExitCode.FAILURE,
            "the terminal cannot be set: " + e.getMessage() + "\nis stty installed?",
            e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new FailureException(ExitCode.FAILURE, "interrupted", e);
      }
    };
  }
}
