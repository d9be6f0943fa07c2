package dev.berth.cli.term;

import dev.berth.spec.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Rows in columns, as docker prints them. Every cell is escaped. On a terminal, the widest cells
/// are cut so that a row fits a line; files and pipes get all of it.
public final class Table {
  private static final int GAP = 3;
  private static final int LEAST_WIDTH = 8;

  private final List<List<String>> rows = new ArrayList<>();

  /// @param headers of the columns, in capitals
  public Table(String... headers) {
    this(Arrays.asList(headers));
  }

  /// @param headers of the columns, in capitals
  public Table(List<String> headers) {
    rows.add(headers);
  }

  /// Adds a row with as many cells as there are columns.
  public void row(String... cells) {
    row(Arrays.asList(cells));
  }

  /// Adds a row with as many cells as there are columns.
  public void row(List<String> cells) {
    List<String> row = new ArrayList<>(cells.size());
    for (String cell : cells) {
      row.add(Printable.escape(cell));
    }
    rows.add(row);
  }

  /// Writes headers and rows; the last column is not padded.
  ///
  /// @param whole true: cells are never cut
  public void print(Terminal terminal, boolean whole) {
    terminal.out().append(text(whole ? Integer.MAX_VALUE : terminal.columns()));
  }

  /// Headers and rows, each a line; the last column is not padded.
  ///
  /// @param columns how wide a line may be, if the columns of the table can be cut so far
  public String text(int columns) {
    int[] widths = widths();
    fit(widths, columns);
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      line(row, widths, text);
    }
    return text.toString();
  }

  private static void line(List<String> row, int[] widths, StringBuilder text) {
    int start = text.length();
    for (int i = 0; i < widths.length; i++) {
      String cell = TextWidth.cut(row.get(i), widths[i]);
      text.append(cell);
      if (i < widths.length - 1) {
        text.repeat(' ', widths[i] - TextWidth.of(cell) + GAP);
      }
    }
    while (text.length() > start && text.charAt(text.length() - 1) == ' ') {
      text.setLength(text.length() - 1);
    }
    text.append('\n');
  }

  private int[] widths() {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], TextWidth.of(row.get(i)));
      }
    }
    return widths;
  }

  /// Takes from the widest column until a row fits or no column can give more.
  private static void fit(int[] widths, int columns) {
    long total = (long) GAP * (widths.length - 1);
    for (int width : widths) {
      total += width;
    }
    while (total > columns) {
      int widest = 0;
      for (int i = 1; i < widths.length; i++) {
        widest = widths[i] > widths[widest] ? i : widest;
      }
      if (widths[widest] <= LEAST_WIDTH) {
        return;
      }
      widths[widest]--;
      total--;
    }
  }
}
