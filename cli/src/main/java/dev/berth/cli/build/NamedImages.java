package dev.berth.cli.build;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The images that a Dockerfile begins with or copies from, as far as it can be told before it is
/// built: to their registries logins are sent, and to no others.
final class NamedImages {
  private static final Pattern ARGUMENT =
      Pattern.compile("(?i)^\\s*ARG\\s+([A-Za-z_][A-Za-z0-9_]*)=[\"']?([^\"'\\s]*)");
  private static final Pattern FROM =
      Pattern.compile("(?i)^\\s*FROM\\s+(?:--\\S+\\s+)*(\\S+)(?:\\s+AS\\s+(\\S+))?\\s*$");
  private static final Pattern COPY = Pattern.compile("(?i)^\\s*COPY\\s.*--from=(\\S+)");
  private static final Pattern VARIABLE =
      Pattern.compile(
          "\\$(?:\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\\}|([A-Za-z_][A-Za-z0-9_]*))");

  private NamedImages() {}

  /// Finds them.
  ///
  /// @param arguments given with the build
  static Set<String> in(String dockerfile, Map<String, String> arguments) {
    Map<String, String> values = new TreeMap<>();
    Set<String> stages = new LinkedHashSet<>();
    Set<String> images = new LinkedHashSet<>();
    for (String line : dockerfile.lines().toList()) {
      Matcher argument = ARGUMENT.matcher(line);
      Matcher from = FROM.matcher(line);
      Matcher copy = COPY.matcher(line);
      if (argument.find()) {
        String name = argument.group(1);
        values.put(name, arguments.getOrDefault(name, argument.group(2)));
      } else if (from.find()) {
        String image = filled(from.group(1), values, arguments);
        if (!stages.contains(image.toLowerCase(Locale.ROOT))) {
          images.add(image);
        }
        if (from.group(2) != null) {
          stages.add(from.group(2).toLowerCase(Locale.ROOT));
        }
      } else if (copy.find() && !stages.contains(copy.group(1).toLowerCase(Locale.ROOT))) {
        images.add(filled(copy.group(1), values, arguments));
      }
    }
    images.removeIf(image -> image.equals("scratch") || image.matches("[0-9]+"));
    return images;
  }

  private static String filled(
      String text, Map<String, String> values, Map<String, String> arguments) {
    return VARIABLE
        .matcher(text)
        .replaceAll(
            found -> {
              String name = found.group(1) == null ? found.group(3) : found.group(1);
              String otherwise = found.group(2) == null ? "" : found.group(2);
              String value = values.getOrDefault(name, arguments.getOrDefault(name, ""));
              return Matcher.quoteReplacement(value.isEmpty() ? otherwise : value);
            });
  }
}
