package dev.berth.cli.build;

import dev.berth.cli.copy.DirectoryArchive;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.spec.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// What a `.dockerignore` leaves out of a context, by docker's rules: the last line that fits a
/// path or a directory above it counts.
///
/// @param rules in the order of the file
record IgnoreRules(List<Rule> rules) implements DirectoryArchive.Filter {
  /// One line.
  ///
  /// @param literal what comes before its first special character
  /// @param keeps whether it takes back what lines before it leave out
  record Rule(Pattern pattern, String literal, boolean keeps) {
    boolean fits(String path) {
      for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
        if (pattern.matcher(path.substring(0, end)).matches()) {
          return true;
        }
      }
      return false;
    }
  }

  IgnoreRules {
    rules = List.copyOf(rules);
  }

  /// Reads the lines of a file.
  ///
  /// @param needed paths that are sent whatever the file says: the Dockerfile, and the file itself
  /// @throws FailureException with exit code 2 for a line that is no pattern
  static IgnoreRules parse(List<String> lines, List<String> needed) {
    List<Rule> rules = new ArrayList<>();
    for (String line : lines) {
      String text = line.startsWith("#") ? "" : line.strip();
      boolean keeps = text.startsWith("!");
      String path = clean(keeps ? text.substring(1).strip() : text);
      if (!path.isEmpty()) {
        rules.add(rule(path, keeps, line));
      }
    }
    for (String path : needed) {
      rules.add(new Rule(Pattern.compile(Pattern.quote(path)), path, true));
    }
    return new IgnoreRules(rules);
  }

  private static Rule rule(String path, boolean keeps, String line) {
    try {
      return new Rule(Pattern.compile(regex(path), Pattern.DOTALL), literal(path), keeps);
    } catch (PatternSyntaxException e) {
      throw new FailureException(
          ExitCode.USAGE,
          ".dockerignore: value: "
              + Printable.quote(line)
              + " (expected: a pattern such as \"target\" or \"**/*.log\")",
          e);
    }
  }

  @Override
  public boolean takes(String path) {
    boolean taken = true;
    for (Rule rule : rules) {
      if (rule.keeps() != taken && rule.fits(path)) {
        taken = rule.keeps();
      }
    }
    return taken;
  }

  @Override
  public boolean looksInto(String directory) {
    String below = directory + "/";
    return rules.stream()
        .anyMatch(
            rule ->
                rule.keeps()
                    && (rule.literal().startsWith(below) || below.startsWith(rule.literal())));
  }

  /// As Go's filepath.Clean, without a slash at the beginning.
  private static String clean(String path) {
    List<String> parts = new ArrayList<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..") && !parts.isEmpty()) {
        parts.removeLast();
      } else if (!part.isEmpty() && !part.equals(".") && !part.equals("..")) {
        parts.add(part);
      }
    }
    return String.join("/", parts);
  }

  private static String literal(String path) {
    int end = 0;
    while (end < path.length() && "*?[\\".indexOf(path.charAt(end)) < 0) {
      end++;
    }
    return path.substring(0, end);
  }

  private static String regex(String path) {
    StringBuilder regex = new StringBuilder();
    int i = 0;
    while (i < path.length()) {
      char c = path.charAt(i);
      if (path.startsWith("**/", i)) {
        regex.append("(?:.*/)?");
        i += 3;
      } else if (path.startsWith("**", i)) {
        regex.append(".*");
        i += 2;
      } else if (c == '[' && path.indexOf(']', i + 2) > 0) {
        int end = path.indexOf(']', i + 2);
        regex.append(set(path.substring(i + 1, end)));
        i = end + 1;
      } else if (c == '\\' && i + 1 < path.length()) {
        regex.append(Pattern.quote(path.substring(i + 1, i + 2)));
        i += 2;
      } else {
        regex.append(c == '*' ? "[^/]*" : c == '?' ? "[^/]" : Pattern.quote(String.valueOf(c)));
        i++;
      }
    }
    return regex.toString();
  }

  /// A set of characters; Java's has more special ones than Go's.
  private static String set(String inside) {
    String escaped = inside.replace("\\", "\\\\").replace("[", "\\[").replace("&&", "&\\&");
    return "[" + escaped + "]";
  }
}
