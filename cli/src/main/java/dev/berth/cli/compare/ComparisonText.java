package dev.berth.cli.compare;

import dev.berth.cli.term.Counts;
import dev.berth.cli.term.Table;
import dev.berth.cli.term.TextWidth;
import dev.berth.spec.Printable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A comparison as a table and a picture of characters.
///
/// @param columns how wide a line may be
record ComparisonText(int columns) {
  private static final int BAR_MOST = 60;
  private static final int BAR_LEAST = 10;
  private static final int BESIDE_BAR = 32;

  String of(Comparison comparison) {
    Comparison.Setting setting = comparison.setting();
    StringBuilder text = new StringBuilder();
    line(text, "%s on %s: %s".formatted(setting.program(), setting.node(), setting.host()));
    line(
        text, "%s each, with %s".formatted(Counts.of(setting.rounds(), "round"), setting.limits()));
    List<Comparison.Column> measured = comparison.columns();
    if (!measured.isEmpty()) {
      text.append('\n').append(table(measured).text(columns));
      text.append('\n').append(picture(measured).text(columns));
    }
    List<String> remarks = comparison.remarks();
    if (!remarks.isEmpty()) {
      text.append('\n');
      remarks.forEach(each -> line(text, each));
    }
    List<String> left = comparison.leftOut();
    if (!left.isEmpty()) {
      text.append('\n');
      left.forEach(each -> line(text, "left out: " + each));
    }
    return text.toString();
  }

  private void line(StringBuilder text, String line) {
    text.append(Printable.escape(line)).append('\n');
  }

  private static Table table(List<Comparison.Column> measured) {
    List<String> headers = new ArrayList<>();
    headers.add("SINCE THE REQUEST");
    measured.forEach(each -> headers.add(heading(each.name())));
    List<Row> rows = Row.of(measured);
    Table table = new Table(headers);
    for (Row row : rows) {
      List<String> cells = new ArrayList<>();
      cells.add(row.name());
      for (int i = 0; i < row.cells().size(); i++) {
        cells.add(rightAligned(row.cells().get(i), width(rows, headers.get(i + 1), i)));
      }
      table.row(cells);
    }
    return table;
  }

  private static String heading(String name) {
    return name.toUpperCase(Locale.ROOT);
  }

  private static int width(List<Row> rows, String header, int column) {
    int widest = header.length();
    for (Row row : rows) {
      widest = Math.max(widest, TextWidth.of(row.cells().get(column)));
    }
    return widest;
  }

  private static String rightAligned(String cell, int width) {
    return " ".repeat(Math.max(0, width - TextWidth.of(cell))) + cell;
  }

  /// A bar for each, as long as its start took.
  private Table picture(List<Comparison.Column> measured) {
    Duration longest =
        measured.stream()
            .map(each -> each.figures().answered())
            .max(Duration::compareTo)
            .orElse(Duration.ZERO);
    int width =
        columns == Integer.MAX_VALUE
            ? BAR_MOST
            : Math.clamp(columns - BESIDE_BAR, BAR_LEAST, BAR_MOST);
    Table table = new Table("START", "", "");
    for (Comparison.Column each : measured) {
      Duration took = each.figures().answered();
      double share = longest.isZero() ? 0 : (double) took.toNanos() / longest.toNanos();
      int length = (int) Math.round(share * width);
      table.row(each.name(), length > 0 ? "█".repeat(length) : "▏", Row.seconds(took));
    }
    return table;
  }
}
