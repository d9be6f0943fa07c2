package dev.berth.agent.driver.process;

import dev.berth.agent.port.HostCommands;
import dev.berth.v1.ProcessIsolation;
import dev.berth.v1.ProcessSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Tries whether a process can have a root file system of its own here: with an empty one, in which
/// there is no program to execute. Whatever is not allowed or not there shows before that.
///
/// @param root of all instances
/// @param tools its programs
/// @param commands runs some of them
record RootProbe(Path root, Tools tools, HostCommands commands) {
  private static final String NAME = ".new-probe";
  private static final String NOTHING = "/berth-probe";
  private static final int NOT_FOUND = 127;
  private static final int TEXT_MAX = 300;
  // As the carrier does it.
  private static final String RUN =
      """
      cd "$1" || exit 125
      read -r stat </proc/self/stat
      pid=${stat%% *}
      . ./launch
      program
      """;

  /// Why a process cannot have one here; empty: it can.
  Optional<String> obstacle() {
    List<String> missing = new Confinement(self(), tools).missing(spec());
    if (!missing.isEmpty()) {
      return Optional.of(String.join(", ", missing) + " of util-linux is missing");
    }
    InstanceFiles files = new InstanceFiles(root, NAME);
    try {
      files.remove();
      Files.createDirectories(files.directory().resolve("empty"));
      files.rootFiles().make(files.directory().resolve("empty"), Path.of("/"));
      String program =
          RootLaunch.outside(
              files.work(), false, new Confinement(self(), tools).rooted(spec()), tools);
      files.begin("program() {\n" + program + "}\n", RootLaunch.inside(spec(), "022", Map.of()));
      HostCommands.Output output =
          commands.run(List.of("sh", "-c", RUN, "sh", files.directory().toString()));
      return output.exitCode() == NOT_FOUND ? Optional.empty() : Optional.of(why(output));
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.of("the agent was ended while it tried");
    } finally {
      discard(files);
    }
  }

  private static String why(HostCommands.Output output) {
    String text = output.text().strip().replace('\n', ' ');
    return text.isEmpty()
        ? "the trial ended with " + output.exitCode()
        : text.substring(0, Math.min(TEXT_MAX, text.length()));
  }

  private static void discard(InstanceFiles files) {
    try {
      files.remove();
    } catch (IOException _) {
      // It goes with the next trial.
    }
  }

  private static LaunchScript.As self() {
    return new LaunchScript.As(new ProcessUser("", "", "", "/", ProcessUser.NO_GROUPS), false);
  }

  private static ProcessSpec spec() {
    return ProcessSpec.newBuilder()
        .addCommand(NOTHING)
        .setIsolation(ProcessIsolation.PROCESS_ISOLATION_ROOTFS)
        .build();
  }
}
