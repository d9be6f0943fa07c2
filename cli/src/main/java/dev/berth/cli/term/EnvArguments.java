package dev.berth.cli.term;

import dev.berth.spec.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `-e` and `--env-file`. A name alone takes the caller's value, as with docker; later ones win,
/// and `-e` wins over files.
public final class EnvArguments {
  private static final long FILE_MAX = 1 << 20;

  private EnvArguments() {}

  /// The variables.
  ///
  /// @param variables as written after `-e`
  /// @param files of such lines
  /// @param own the caller's environment
  /// @throws FailureException with exit code 2
  public static Map<String, String> parse(
      List<String> variables, List<String> files, Map<String, String> own) {
    Map<String, String> env = new LinkedHashMap<>();
    for (String file : files) {
      int number = 0;
      for (String line : lines(file)) {
        number++;
        if (!line.isBlank() && !line.stripLeading().startsWith("#")) {
          put(env, line.stripLeading(), own, Printable.escape(file) + ":" + number);
        }
      }
    }
    variables.forEach(variable -> put(env, variable, own, "-e"));
    return env;
  }

  private static void put(
      Map<String, String> env, String variable, Map<String, String> own, String where) {
    int equals = variable.indexOf('=');
    String name = equals < 0 ? variable : variable.substring(0, equals);
    if (name.isEmpty()) {
      throw FailureException.usage(
          where + ": value: " + Printable.quote(variable) + " (expected: NAME=VALUE or NAME)");
    }
    if (equals >= 0) {
      env.put(name, variable.substring(equals + 1));
    } else if (own.containsKey(name)) {
      env.put(name, own.get(name));
    }
  }

  private static List<String> lines(String file) {
    String name = Printable.escape(file);
    try {
      Path path = Path.of(file);
      if (Files.size(path) > FILE_MAX) {
        throw FailureException.usage("--env-file: " + name + ": is larger than 1 MiB");
      }
      return Files.readString(path, StandardCharsets.UTF_8).lines().toList();
    } catch (NoSuchFileException e) {
      throw FailureException.usage("--env-file: " + name + ": no such file");
    } catch (IOException | InvalidPathException e) {
      throw FailureException.usage("--env-file: " + name + ": cannot be read as UTF-8 text");
    }
  }
}
