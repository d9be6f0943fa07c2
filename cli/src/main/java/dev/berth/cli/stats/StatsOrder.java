package dev.berth.cli.stats;

import java.util.Comparator;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// By what rows are ordered: numbers the largest first, what is not known last.
enum StatsOrder {
  NAME,
  CPU,
  MEMORY,
  NET,
  IO,
  PIDS;

  /// Those that are equal by it are ordered by namespace, workload and slot.
  Comparator<UsageRow> comparator() {
    Comparator<UsageRow> byName =
        Comparator.comparing((UsageRow row) -> row.instance().getNamespace())
            .thenComparing(row -> row.instance().getWorkload())
            .thenComparingInt(row -> row.instance().getSlot());
    return switch (this) {
      case NAME -> byName;
      case CPU -> largest(reading -> reading.cpuPercent().orElse(-1)).thenComparing(byName);
      case MEMORY -> largest(reading -> reading.memoryBytes().orElse(-1)).thenComparing(byName);
      case NET -> largest(reading -> reading.network().orElse(-1)).thenComparing(byName);
      case IO -> largest(reading -> reading.disk().orElse(-1)).thenComparing(byName);
      case PIDS ->
          largest(reading -> reading.sample().hasPids() ? reading.sample().getPids() : -1)
              .thenComparing(byName);
    };
  }

  /// As users write it.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static Comparator<UsageRow> largest(ToDoubleFunction<Reading> value) {
    return Comparator.comparingDouble(
            (UsageRow row) -> row.reading().map(value::applyAsDouble).orElse(-2.0))
        .reversed();
  }
}
