package dev.berth.cli.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Runs command lines as a user would, in a process of their own: for signals, pipes and files.
public final class BerthProcess {
  private BerthProcess() {}

  /// Prepares `berth ARGUMENTS`.
  ///
  /// @param environment of the user, besides this process's
  /// @param err the file that stderr goes to
  public static ProcessBuilder of(Map<String, String> environment, Path err, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("dev.berth.cli.BerthMain");
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
    builder.environment().putAll(environment);
    return builder;
  }

  /// Presses Ctrl-C.
  public static void interrupt(Process process) throws IOException, InterruptedException {
    String pid = Long.toString(process.pid());
    int exitCode = new ProcessBuilder("kill", "-INT", pid).start().waitFor();
    if (exitCode != 0) {
      throw new IOException("kill: exit code " + exitCode);
    }
  }
}
