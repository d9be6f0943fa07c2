package dev.berth.spec;

import java.util.Set;
import java.util.regex.Pattern;

/// Names of environment variables as shells take them.
public final class ShellNames {
  private static final Pattern VARIABLE = Pattern.compile("(?!BASH)[A-Za-z_][A-Za-z0-9_]*");
  private static final Set<String> OWN =
      Set.of(
          "_",
          "ENV",
          "EUID",
          "GROUPS",
          "IFS",
          "LINENO",
          "OLDPWD",
          "OPTARG",
          "OPTIND",
          "PPID",
          "PS1",
          "PS2",
          "PS4",
          "PWD",
          "SHELLOPTS",
          "SHLVL",
          "UID");

  private ShellNames() {}

  /// Whether a shell hands such a variable on as it is: it can name it, and does not keep it for
  /// itself.
  public static boolean isHandedOn(String name) {
    return VARIABLE.matcher(name).matches() && !OWN.contains(name);
  }
}
