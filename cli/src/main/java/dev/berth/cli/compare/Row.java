package dev.berth.cli.compare;

import dev.berth.cli.verb.BootTimeline;
import dev.berth.spec.Quantity;
import dev.berth.v1.BootPhaseKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Function;

/// One line of the table: what it says, and a cell for each subject.
///
/// @param name what it is about
/// @param cells "-" where nothing is known
record Row(String name, List<String> cells) {
  private static final String NONE = "-";

  private static final List<String> ORDER =
      Arrays.stream(BootPhaseKind.values()).map(BootTimeline::name).toList();

  /// All lines, times first.
  static List<Row> of(List<Comparison.Column> columns) {
    List<Row> rows = new ArrayList<>();
    for (String phase : phases(columns)) {
      rows.add(row(phase, columns, each -> phase(each, phase)));
    }
    rows.add(row("answers (p50)", columns, each -> seconds(each.answered())));
    rows.add(row("answers (p95)", columns, each -> seconds(each.answeredAtWorst())));
    rows.add(row("stopped in", columns, each -> seconds(each.stopped())));
    rows.add(row("memory of the node", columns, each -> bytes(each.memory())));
    rows.add(row("memory inside", columns, each -> bytes(each.guestMemory())));
    rows.add(row("disk", columns, each -> bytes(each.storage())));
    rows.add(
        row(
            "requests a second",
            columns,
            each ->
                each.load().isPresent()
                    ? String.format(Locale.ROOT, "%,.0f", each.load().getAsDouble())
                    : NONE));
    rows.removeIf(each -> each.cells().stream().allMatch(NONE::equals));
    return rows;
  }

  /// The phases that any of them has, in the order of a start.
  static List<String> phases(List<Comparison.Column> columns) {
    return columns.stream()
        .flatMap(each -> each.figures().phases().stream())
        .map(Round.Phase::name)
        .distinct()
        .sorted(Comparator.comparingInt(ORDER::indexOf))
        .toList();
  }

  private static Row row(
      String name, List<Comparison.Column> columns, Function<Figures, String> cell) {
    return new Row(name, columns.stream().map(each -> cell.apply(each.figures())).toList());
  }

  private static String phase(Figures figures, String name) {
    return figures.phases().stream()
        .filter(each -> each.name().equals(name))
        .map(each -> seconds(each.since()))
        .findFirst()
        .orElse(NONE);
  }

  static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.3f s", time.toNanos() / 1e9);
  }

  private static String bytes(OptionalLong bytes) {
    return bytes.isPresent() ? Quantity.roundedMemory(bytes.getAsLong()) : NONE;
  }
}
