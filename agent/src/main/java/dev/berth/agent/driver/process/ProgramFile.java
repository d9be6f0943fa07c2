package dev.berth.agent.driver.process;

import dev.berth.v1.ProcessSpec;
import java.nio.file.Files;
import java.nio.file.Path;

/// Says why a program could not be executed, when it could not.
final class ProgramFile {
  private static final int NOT_EXECUTABLE = 126;
  private static final int NOT_FOUND = 127;

  private ProgramFile() {}

  /// For people; empty when the program ran and chose its exit code itself.
  ///
  /// @param start where it was started
  static String problem(ProcessSpec spec, Path start, int exitCode) {
    if (exitCode != NOT_EXECUTABLE && exitCode != NOT_FOUND) {
      return "";
    }
    String program = spec.getCommand(0);
    String path = spec.getEnvOrDefault("PATH", Tools.PATH);
    boolean isPath = program.contains("/");
    if (isPath ? isExecutable(start.resolve(program)) : Tools.inPath(program, path).isPresent()) {
      return "";
    }
    String place = isPath ? "" : " in " + path;
    return exitCode == NOT_FOUND
        ? "command \"" + program + "\": there is no such program on this node" + place
        : "command \"" + program + "\": cannot be executed on this node; see its mode";
  }

  private static boolean isExecutable(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }
}
