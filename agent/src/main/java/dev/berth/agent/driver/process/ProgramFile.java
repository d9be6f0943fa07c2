package dev.berth.agent.driver.process;

import dev.berth.v1.ProcessSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/// Says why a program could not be executed, when it could not.
final class ProgramFile {
  private static final int NOT_EXECUTABLE = 126;
  private static final int NOT_FOUND = 127;

  private ProgramFile() {}

  /// For people; empty when the program ran and chose its exit code itself.
  static String problem(ProcessSpec spec, InstanceFiles files, int exitCode) {
    if (exitCode != NOT_EXECUTABLE && exitCode != NOT_FOUND) {
      return "";
    }
    boolean rooted = LaunchScript.isRooted(spec);
    Path start = rooted ? WorkDirectory.startInside(spec) : files.work().start(spec);
    Predicate<Path> isThere = rooted ? file -> isInRoot(file, files) : ProgramFile::isExecutable;
    String program = spec.getCommand(0);
    String path = spec.getEnvOrDefault("PATH", Tools.PATH);
    boolean isPath = program.contains("/");
    boolean found =
        isPath
            ? isThere.test(start.resolve(program))
            : Tools.placesInPath(program, path).anyMatch(isThere);
    if (found) {
      return "";
    }
    String where = rooted ? " in its root" : " on this node";
    String place = isPath ? "" : " in " + path;
    return exitCode == NOT_FOUND
        ? "command \"" + program + "\": there is no such program" + where + place
        : "command \"" + program + "\": cannot be executed" + where + "; see its mode";
  }

  private static boolean isInRoot(Path file, InstanceFiles files) {
    return file.startsWith(WorkDirectory.INSIDE)
        ? isExecutable(files.work().path().resolve(WorkDirectory.INSIDE.relativize(file)))
        : files.rootFiles().hasProgram(file);
  }

  private static boolean isExecutable(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }
}
