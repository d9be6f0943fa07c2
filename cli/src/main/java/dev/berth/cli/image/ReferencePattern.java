package dev.berth.cli.image;

import dev.berth.cli.term.FailureException;
import dev.berth.spec.Printable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// A pattern of names of images as docker has them: `*` and `?` stand for anything but a slash,
/// `[a-z]` for one of these; it fits a name with its tag, or without.
record ReferencePattern(Pattern expression) {
  private static final String LITERALS = "\\.^$|+(){}";

  /// @throws FailureException with exit code 2 for what is no pattern
  static ReferencePattern of(String text) {
    StringBuilder expression = new StringBuilder();
    boolean inClass = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (inClass) {
        inClass = c != ']';
        // What follows is one of these as it stands, but for a range and a leading "^".
        expression.append(c == '[' || c == '&' || c == '\\' ? "\\" + c : c);
      } else if (c == '[') {
        inClass = true;
        expression.append(c);
      } else if (c == '*') {
        expression.append("[^/]*");
      } else if (c == '?') {
        expression.append("[^/]");
      } else {
        expression.append(LITERALS.indexOf(c) >= 0 ? "\\" + c : c);
      }
    }
    try {
      return new ReferencePattern(Pattern.compile(expression.toString()));
    } catch (PatternSyntaxException _) {
      throw FailureException.usage(
          "reference: value: "
              + Printable.quote(text)
              + " (expected: a name, or a pattern such as \"team/*:2.?\")");
    }
  }

  /// @param name with its tag; empty: the image has none, and nothing fits
  boolean fits(String name, String repository) {
    return !name.isEmpty()
        && (expression.matcher(name).matches() || expression.matcher(repository).matches());
  }
}
