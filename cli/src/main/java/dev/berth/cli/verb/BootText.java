package dev.berth.cli.verb;

import dev.berth.cli.cluster.Listings;
import dev.berth.cli.term.Ages;
import dev.berth.cli.term.Table;
import dev.berth.cli.term.TextWidth;
import dev.berth.spec.Printable;
import dev.berth.v1.BootPhase;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.Instance;
import dev.berth.v1.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// The start of an instance, drawn with characters.
///
/// @param columns how wide a line may be
/// @param verbose also what was seen
record BootText(int columns, boolean verbose) {
  private static final int TEXT_COLUMNS = 66;
  private static final int BAR_LEAST = 10;
  private static final int BAR_MOST = 60;
  private static final int BAR_USUAL = 40;
  private static final int BAR_VERBOSE = 20;
  private static final long PRECISE_SECONDS = 1_000;

  /// All of it: who, a row for each phase, and what has not been seen.
  ///
  /// @param now until when the present phase lasts
  String whole(Instance instance, Instant now) {
    BootTimeline timeline = BootTimeline.of(instance);
    StringBuilder text = new StringBuilder();
    for (String line : heading(instance, now)) {
      text.append(TextWidth.cut(Printable.escape(line), columns)).append('\n');
    }
    if (!timeline.phases().isEmpty()) {
      text.append(rows(instance, timeline, now).text(columns));
    }
    for (String line : remarks(instance, timeline)) {
      text.append(TextWidth.cut(line, columns)).append('\n');
    }
    return text.toString();
  }

  /// One phase as a line without a bar: `  +1.200 s  kernel (serial)`.
  String line(BootTimeline timeline, BootPhase phase) {
    String line =
        since(timeline, phase)
            + "  "
            + BootTimeline.name(phase.getPhase())
            + " ("
            + BootTimeline.name(phase.getSource())
            + ")";
    return Printable.escape(
        verbose && !phase.getEvidence().isEmpty() ? line + "  " + phase.getEvidence() : line);
  }

  /// The latest phase and when it was entered, for lists: `kernel 1.2s`, `-` when there is none.
  static String latest(Instance instance) {
    BootTimeline timeline = BootTimeline.of(instance);
    return timeline
        .latest()
        .map(
            phase ->
                BootTimeline.name(phase.getPhase())
                    + " "
                    + (phase.getInferred() ? "~" : "")
                    + span(timeline.since(phase)))
        .orElse("-");
  }

  /// What was not seen, what is to come, and what the signs mean.
  static List<String> remarks(Instance instance, BootTimeline timeline) {
    List<String> remarks = new ArrayList<>();
    boolean over = timeline.isReady() || Listings.isFinal(instance);
    List<BootPhaseKind> unseen = new ArrayList<>(timeline.missing(true));
    if (over) {
      unseen.addAll(timeline.missing(false));
    }
    if (!unseen.isEmpty()) {
      remarks.add("not seen: " + names(unseen));
    }
    if (!over) {
      remarks.add("to come: " + names(timeline.missing(false)));
    }
    if (timeline.phases().stream().anyMatch(BootPhase::getInferred)) {
      remarks.add("~ not seen itself, but inferred from what was");
    }
    return remarks;
  }

  private static List<String> heading(Instance instance, Instant now) {
    List<String> lines = new ArrayList<>();
    String node = instance.getNode().isEmpty() ? "" : " on " + instance.getNode();
    lines.add(
        instance.getName()
            + " ("
            + kind(instance.getKind())
            + ")"
            + node
            + ": "
            + new InstanceText(now).state(instance));
    if (!instance.getStatus().getNote().isEmpty()) {
      lines.add(instance.getStatus().getNote());
    }
    return lines;
  }

  private Table rows(Instance instance, BootTimeline timeline, Instant now) {
    String origin = timeline.phases().getFirst().getPhase().name();
    List<String> headers = new ArrayList<>();
    headers.add("PHASE");
    headers.add("SINCE " + origin.substring(origin.indexOf("KIND_") + 5).replace('_', ' '));
    headers.add("TOOK");
    headers.add("TIMELINE");
    headers.add("SOURCE");
    if (verbose) {
      headers.add("EVIDENCE");
    }
    Table table = new Table(headers);
    boolean open = !timeline.isReady() && !Listings.isFinal(instance);
    List<BootPhase> phases = timeline.phases();
    Duration end = timeline.since(phases.getLast());
    if (open) {
      end = later(end, timeline.since(now));
    }
    for (int i = 0; i < phases.size(); i++) {
      BootPhase phase = phases.get(i);
      boolean last = i == phases.size() - 1;
      Duration from = timeline.since(phase);
      Duration to = last ? end : timeline.since(phases.get(i + 1));
      List<String> row = new ArrayList<>();
      row.add(BootTimeline.name(phase.getPhase()));
      row.add(since(timeline, phase));
      row.add(
          last && !open
              ? "-"
              : seconds(later(to.minus(from), Duration.ZERO)) + (last ? " so far" : ""));
      row.add(bar(from, to, end));
      row.add(BootTimeline.name(phase.getSource()));
      if (verbose) {
        row.add(phase.getEvidence());
      }
      table.row(row);
    }
    return table;
  }

  /// From where to where, of all; what is shorter than a column is a thin line.
  private String bar(Duration from, Duration to, Duration end) {
    int width =
        verbose
            ? BAR_VERBOSE
            : columns == Integer.MAX_VALUE
                ? BAR_USUAL
                : Math.clamp(columns - TEXT_COLUMNS, BAR_LEAST, BAR_MOST);
    int first = column(from, end, width);
    int length = column(to, end, width) - first;
    return " ".repeat(Math.min(first, width - 1)) + (length > 0 ? "█".repeat(length) : "▏");
  }

  private static int column(Duration moment, Duration end, int width) {
    double share = end.isPositive() ? (double) moment.toNanos() / end.toNanos() : 0;
    return (int) Math.round(Math.clamp(share, 0.0, 1.0) * width);
  }

  private static String since(BootTimeline timeline, BootPhase phase) {
    Duration since = timeline.since(phase);
    String sign = since.isNegative() ? "-" : "+";
    return padded((phase.getInferred() ? "~" : "") + sign + seconds(since.abs()));
  }

  private static String padded(String text) {
    return " ".repeat(Math.max(0, 10 - text.length())) + text;
  }

  /// `1.204 s`; without decimals where nobody would care for them.
  private static String seconds(Duration span) {
    return span.toSeconds() < PRECISE_SECONDS
        ? String.format(Locale.ROOT, "%.3f s", span.toMillis() / 1000.0)
        : span.toSeconds() + " s";
  }

  private static String span(Duration since) {
    Duration positive = later(since, Duration.ZERO);
    return positive.toSeconds() < 120
        ? String.format(Locale.ROOT, "%.1fs", positive.toMillis() / 1000.0)
        : Ages.span(positive.toSeconds());
  }

  private static Duration later(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private static String names(List<BootPhaseKind> phases) {
    return phases.stream().map(BootTimeline::name).collect(Collectors.joining(", "));
  }

  private static String kind(Kind kind) {
    return switch (kind) {
      case KIND_CONTAINER -> "container";
      case KIND_VM -> "machine";
      case KIND_PROCESS -> "process";
      case KIND_UNSPECIFIED, UNRECOGNIZED -> "unknown";
    };
  }
}
