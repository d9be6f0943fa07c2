package dev.berth.cli.stats;

import com.google.protobuf.Struct;
import com.google.protobuf.util.Values;
import dev.berth.cli.term.Json;
import dev.berth.cli.term.Table;
import dev.berth.spec.Quantity;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// Rows for people and for programs. What nobody knows is "-", or absent.
final class StatsText {
  private static final String UNKNOWN = "-";

  private StatsText() {}

  /// @param withNamespace shows it before the slot
  /// @param id shortens an id
  static Table table(List<UsageRow> rows, boolean withNamespace, UnaryOperator<String> id) {
    Table table =
        new Table(
            withNamespace ? "NAMESPACE/SLOT" : "SLOT",
            "ID",
            "NODE",
            "CPU %",
            "MEM USAGE / LIMIT",
            "MEM %",
            "NET I/O",
            "BLOCK I/O",
            "PIDS");
    for (UsageRow row : rows) {
      String slot = row.instance().getName();
      table.row(
          withNamespace ? row.instance().getNamespace() + "/" + slot : slot,
          id.apply(row.instance().getId()),
          row.instance().getNode().isEmpty() ? UNKNOWN : row.instance().getNode(),
          cell(row, reading -> percent(reading.cpuPercent())),
          cell(row, reading -> pair(reading.memoryBytes(), reading.limitBytes())),
          cell(row, reading -> percent(reading.memoryPercent())),
          cell(row, StatsText::network),
          cell(row, StatsText::disk),
          cell(
              row,
              reading ->
                  reading.sample().hasPids()
                      ? Long.toString(reading.sample().getPids())
                      : UNKNOWN));
    }
    return table;
  }

  private static String cell(UsageRow row, Function<Reading, String> text) {
    return row.reading().map(text).orElse(UNKNOWN);
  }

  private static String network(Reading reading) {
    return reading.network().isEmpty()
        ? UNKNOWN
        : pair(
            OptionalLong.of(reading.sample().getNetworkReceivedBytes()),
            OptionalLong.of(reading.sample().getNetworkSentBytes()));
  }

  private static String disk(Reading reading) {
    return reading.disk().isEmpty()
        ? UNKNOWN
        : pair(
            OptionalLong.of(reading.sample().getDiskReadBytes()),
            OptionalLong.of(reading.sample().getDiskWrittenBytes()));
  }

  private static String pair(OptionalLong one, OptionalLong other) {
    return bytes(one) + " / " + bytes(other);
  }

  private static String bytes(OptionalLong count) {
    return count.isPresent() ? Quantity.roundedMemory(count.getAsLong()) : UNKNOWN;
  }

  private static String percent(OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, "%.2f%%", value.getAsDouble()) : UNKNOWN;
  }

  /// One row in one line: who it is, what was worked out, and the API's sample as it is.
  static String json(UsageRow row) {
    Struct.Builder fields =
        Struct.newBuilder()
            .putFields("namespace", Values.of(row.instance().getNamespace()))
            .putFields("name", Values.of(row.instance().getName()))
            .putFields("id", Values.of(row.instance().getId()))
            .putFields("node", Values.of(row.instance().getNode()));
    Optional<Reading> reading = row.reading();
    reading.ifPresent(
        known -> {
          known.cpuPercent().ifPresent(each -> fields.putFields("cpuPercent", Values.of(each)));
          known
              .memoryPercent()
              .ifPresent(each -> fields.putFields("memoryPercent", Values.of(each)));
        });
    String line = Json.line(fields);
    return reading
        .map(
            known ->
                line.substring(0, line.length() - 1)
                    + ",\"usage\":"
                    + Json.line(known.sample())
                    + "}")
        .orElse(line);
  }
}
