package dev.berth.cli.compare;

import dev.berth.cli.term.Counts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A comparison as a page of its own: nothing is loaded from elsewhere, and nothing runs in it.
final class ComparisonPage {
  private static final List<String> COLOURS =
      List.of(
          "#8da0cb", "#fc8d62", "#66c2a5", "#e78ac3", "#a6d854", "#ffd92f", "#e5c494", "#b3b3b3",
          "#80b1d3", "#fb8072");

  private static final String STYLE =
      """
      body { font: 16px/1.5 system-ui, sans-serif; color: #1c1c1c; background: #fff; margin: 0 auto;
        padding: 1.5rem; max-width: 60rem; }
      h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
      p { margin: .25rem 0; color: #444; overflow-wrap: anywhere; }
      .row { display: grid; grid-template-columns: 9rem 1fr 6rem; gap: .75rem; align-items: center;
        margin: .4rem 0; }
      .bar { display: flex; height: 1.5rem; background: #f1f1f1; border-radius: 3px; overflow: hidden; }
      .bar span { display: block; height: 100%; min-width: 1px; }
      .time { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
      .legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: .75rem 0; padding: 0;
        list-style: none; }
      .legend i { display: inline-block; width: .9rem; height: .9rem; border-radius: 2px;
        margin-right: .4rem; vertical-align: -.1rem; }
      table { border-collapse: collapse; width: 100%; }
      th, td { padding: .3rem .75rem; border-bottom: 1px solid #ddd; text-align: right;
        font-variant-numeric: tabular-nums; white-space: nowrap; }
      th:first-child, td:first-child { text-align: left; padding-left: 0;
        white-space: normal; }
      @media (max-width: 36rem) { .row { grid-template-columns: 1fr; gap: .1rem; }
        .time { text-align: left; } th, td { padding: .3rem .35rem; font-size: .85rem; } }
      """;

  private final Comparison comparison;
  private final List<Comparison.Column> columns;
  private final List<String> phases;
  private final StringBuilder html = new StringBuilder(8_192);

  private ComparisonPage(Comparison comparison) {
    this.comparison = comparison;
    this.columns = comparison.columns();
    this.phases = Row.phases(columns);
  }

  static String of(Comparison comparison) {
    ComparisonPage page = new ComparisonPage(comparison);
    page.write();
    return page.html.toString();
  }

  private void write() {
    Comparison.Setting setting = comparison.setting();
    html.append(
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>berth compare</title>
        <style>
        """);
    html.append(STYLE).append("</style>\n</head>\n<body>\n<h1>What a program costs</h1>\n");
    paragraph("%s on %s: %s.".formatted(setting.program(), setting.node(), setting.host()));
    paragraph(
        "%s each, in turn, with %s. The middle one counts; times are since the request."
            .formatted(Counts.of(setting.rounds(), "round"), setting.limits()));
    if (!columns.isEmpty()) {
      heading("Until it answers, on one scale");
      Duration longest =
          columns.stream().map(each -> each.figures().answered()).max(Duration::compareTo).get();
      columns.forEach(each -> row(each, longest));
      heading("Until it answers, each on a scale of its own");
      columns.forEach(each -> row(each, each.figures().answered()));
      legend();
      heading("All figures");
      table();
      comparison.remarks().forEach(this::paragraph);
    }
    if (!comparison.leftOut().isEmpty()) {
      heading("Left out");
      comparison.leftOut().forEach(this::paragraph);
    }
    html.append("</body>\n</html>\n");
  }

  private void heading(String text) {
    html.append("<h2>").append(escaped(text)).append("</h2>\n");
  }

  private void paragraph(String text) {
    html.append("<p>").append(escaped(text)).append("</p>\n");
  }

  /// A part of a start.
  private record Part(String name, int colour, Duration length) {}

  private List<Part> parts(Figures figures) {
    List<Part> parts = new ArrayList<>();
    Duration at = Duration.ZERO;
    String name = "request";
    for (Round.Phase phase : figures.phases()) {
      parts.add(new Part(name, colour(name), positive(phase.since().minus(at))));
      at = at.compareTo(phase.since()) < 0 ? phase.since() : at;
      name = phase.name();
    }
    parts.add(new Part(name, colour(name), positive(figures.answered().minus(at))));
    return parts;
  }

  private static Duration positive(Duration span) {
    return span.isNegative() ? Duration.ZERO : span;
  }

  private int colour(String name) {
    return (phases.indexOf(name) + 1) % COLOURS.size();
  }

  private void row(Comparison.Column column, Duration scale) {
    html.append("<div class=\"row\"><div>")
        .append(escaped(column.name()))
        .append("</div><div class=\"bar\">");
    for (Part part : parts(column.figures())) {
      double share = scale.isZero() ? 0 : 100.0 * part.length().toNanos() / scale.toNanos();
      html.append(
          String.format(
              Locale.ROOT,
              "<span style=\"width:%.3f%%;background:%s\" title=\"%s: %s\"></span>",
              share,
              COLOURS.get(part.colour()),
              escaped(part.name()),
              Row.seconds(part.length())));
    }
    html.append("</div><div class=\"time\">")
        .append(Row.seconds(column.figures().answered()))
        .append("</div></div>\n");
  }

  private void legend() {
    html.append("<ul class=\"legend\">\n");
    List<String> names = new ArrayList<>();
    names.add("request");
    names.addAll(phases);
    for (String name : names) {
      html.append("<li><i style=\"background:")
          .append(COLOURS.get(colour(name)))
          .append("\"></i>")
          .append(escaped(name))
          .append("</li>\n");
    }
    html.append("</ul>\n");
  }

  private void table() {
    html.append("<table>\n<tr><th></th>");
    columns.forEach(each -> html.append("<th>").append(escaped(each.name())).append("</th>"));
    html.append("</tr>\n");
    for (Row row : Row.of(columns)) {
      html.append("<tr><td>").append(escaped(row.name())).append("</td>");
      row.cells().forEach(each -> html.append("<td>").append(escaped(each)).append("</td>"));
      html.append("</tr>\n");
    }
    html.append("</table>\n");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
