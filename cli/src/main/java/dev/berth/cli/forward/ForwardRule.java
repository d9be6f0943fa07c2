package dev.berth.cli.forward;

import dev.berth.cli.term.FailureException;
import dev.berth.spec.Printable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which port leads where.
///
/// @param local port of this host; 0: a free one
/// @param target port inside
record ForwardRule(int local, int target) {
  private static final int PORT_MAX = 65_535;
  private static final Pattern FORM = Pattern.compile("(?:([0-9]{0,5}):)?([0-9]{1,5})");

  /// @param text "8080:80", "80" for the same on both sides, ":80" for a free one
  /// @throws FailureException with exit code 2
  static ForwardRule parse(String text) {
    Matcher form = FORM.matcher(text);
    if (form.matches()) {
      int target = Integer.parseInt(form.group(2));
      String local = form.group(1);
      int from = local == null ? target : local.isEmpty() ? 0 : Integer.parseInt(local);
      if (target >= 1 && target <= PORT_MAX && from <= PORT_MAX) {
        return new ForwardRule(from, target);
      }
    }
    throw FailureException.usage(
        "PORT: value: "
            + Printable.quote(text)
            + " (expected: [LOCAL:]PORT with ports up to 65535, such as 8080:80, or :80 for a free"
            + " local port)");
  }
}
