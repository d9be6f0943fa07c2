package dev.berth.cli.term;

import dev.berth.spec.Printable;
import java.util.List;

/// What may follow `-o`, `--output` and, as docker has it, `--format`.
public final class FormatNames {
  private FormatNames() {}

  /// Refuses what is none of the names. Templates are told apart: users of docker try them.
  ///
  /// @throws FailureException with exit code 2
  public static void require(String format, List<String> known) {
    if (known.contains(format)) {
      return;
    }
    String expected =
        known.size() == 1
            ? known.getFirst()
            : String.join(", ", known.subList(0, known.size() - 1)) + " or " + known.getLast();
    if (format.contains("{{")) {
      throw FailureException.usage(
          "--format: templates are not read (expected: "
              + expected
              + ")\n`-o json` with jq picks out anything, `-o name` and `-q` print names and ids");
    }
    throw FailureException.usage(
        "-o: value: " + Printable.quote(format) + " (expected: " + expected + ")");
  }
}
