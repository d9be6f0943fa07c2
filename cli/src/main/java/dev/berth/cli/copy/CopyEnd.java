package dev.berth.cli.copy;

import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.FailureException;
import dev.berth.spec.Printable;

/// One end of a copy, as users write it.
sealed interface CopyEnd {
  /// A path on this host.
  record Local(CopyPath path) implements CopyEnd {}

  /// A tar archive on standard input or output.
  record Archive() implements CopyEnd {}

  /// A path in an instance.
  ///
  /// @param name workload with one slot, slot or id
  record InInstance(String name, CopyPath path) implements CopyEnd {}

  /// Reads one end. As with docker, what begins with "/" or "." is a path here, and else what
  /// stands before the first colon is an instance.
  ///
  /// @throws FailureException with exit code 2
  static CopyEnd parse(String text) {
    if (text.equals("-")) {
      return new Archive();
    }
    int colon = text.indexOf(':');
    if (text.isEmpty()) {
      throw FailureException.usage("path: empty (expected: a path, INSTANCE:PATH or -)");
    }
    if (text.startsWith("/") || text.startsWith(".") || colon < 0) {
      return new Local(CopyPath.of(text));
    }
    String name = text.substring(0, colon);
    if (colon + 1 == text.length()) {
      throw FailureException.usage(
          "path: value: " + Printable.quote(text) + " (expected: a path after the colon)");
    }
    Target.requireGrammar(name);
    return new InInstance(name, CopyPath.of(text.substring(colon + 1)));
  }
}
