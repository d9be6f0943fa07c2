package dev.berth.cli.why;

import dev.berth.cli.term.TextWidth;
import dev.berth.spec.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Indented rows in columns, below a sentence. Every cell is escaped, none is cut: a reason that is
/// not whole helps nobody.
final class Columns {
  private static final String INDENT = "  ";
  private static final int GAP = 2;

  private final List<List<String>> rows = new ArrayList<>();

  /// Adds a row with as many cells as the others have.
  void row(String... cells) {
    rows.add(Arrays.stream(cells).map(Printable::escape).toList());
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /// The width of the longest line.
  int width() {
    return text(false).lines().mapToInt(TextWidth::of).max().orElse(0);
  }

  /// All rows, each with its line's end; columns without a word are left out.
  ///
  /// @param numbered the first column is of numbers, which are flush right
  String text(boolean numbered) {
    int[] widths = widths();
    StringBuilder out = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder(INDENT);
      for (int i = 0; i < widths.length; i++) {
        if (widths[i] == 0) {
          continue;
        }
        int padding = widths[i] - TextWidth.of(row.get(i));
        boolean right = numbered && i == 0;
        line.repeat(' ', right ? padding : 0).append(row.get(i));
        line.repeat(' ', (right ? 0 : padding) + GAP);
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }

  private int[] widths() {
    int[] widths = new int[rows.isEmpty() ? 0 : rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], TextWidth.of(row.get(i)));
      }
    }
    return widths;
  }
}
