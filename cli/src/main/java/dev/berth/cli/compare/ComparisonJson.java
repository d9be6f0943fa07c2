package dev.berth.cli.compare;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.Structs;
import com.google.protobuf.util.Values;
import dev.berth.v1.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// A comparison for programs. Times are seconds, sizes bytes; what is not known is absent.
final class ComparisonJson {
  private ComparisonJson() {}

  static Struct of(Comparison comparison) {
    Comparison.Setting setting = comparison.setting();
    ListValue.Builder kinds = ListValue.newBuilder();
    comparison
        .outcomes()
        .forEach((kind, outcome) -> kinds.addValues(Values.of(kind(kind, outcome))));
    return Struct.newBuilder()
        .putFields("node", Values.of(setting.node()))
        .putFields("host", Values.of(setting.host()))
        .putFields("program", Values.of(setting.program()))
        .putFields("rounds", Values.of(setting.rounds()))
        .putFields("limits", Values.of(setting.limits()))
        .putFields("accelerated", Values.of(setting.accelerated()))
        .putFields("kinds", Value.newBuilder().setListValue(kinds).build())
        .build();
  }

  private static Struct kind(Kind kind, Outcome outcome) {
    Struct.Builder fields = Struct.newBuilder().putFields("kind", Values.of(Subject.name(kind)));
    switch (outcome) {
      case Outcome.LeftOut(String reason) -> fields.putFields("leftOut", Values.of(reason));
      case Outcome.Measured(List<Round> rounds) -> put(Figures.of(rounds), fields);
    }
    return fields.build();
  }

  private static void put(Figures figures, Struct.Builder fields) {
    ListValue.Builder phases = ListValue.newBuilder();
    for (Round.Phase phase : figures.phases()) {
      phases.addValues(
          Values.of(
              Structs.of("phase", Values.of(phase.name()), "seconds", seconds(phase.since()))));
    }
    ListValue.Builder answers = ListValue.newBuilder();
    figures.answers().forEach(each -> answers.addValues(seconds(each)));
    fields
        .putFields("phases", Value.newBuilder().setListValue(phases).build())
        .putFields("answersP50Seconds", seconds(figures.answered()))
        .putFields("answersP95Seconds", seconds(figures.answeredAtWorst()))
        .putFields("answersSeconds", Value.newBuilder().setListValue(answers).build())
        .putFields("stopSeconds", seconds(figures.stopped()));
    Map.of(
            "memoryBytes", figures.memory(),
            "guestMemoryBytes", figures.guestMemory(),
            "storageBytes", figures.storage())
        .forEach((name, bytes) -> put(name, bytes, fields));
    figures.load().ifPresent(each -> fields.putFields("requestsPerSecond", Values.of(each)));
    figures
        .failedLoad()
        .ifPresent(
            each ->
                fields
                    .putFields("requestsFailed", Values.of((double) each.failures()))
                    .putFields("requestsSent", Values.of((double) each.failures() + each.answers()))
                    .putFields("firstRequestError", Values.of(each.firstError())));
  }

  private static void put(String name, OptionalLong bytes, Struct.Builder fields) {
    bytes.ifPresent(each -> fields.putFields(name, Values.of((double) each)));
  }

  private static Value seconds(Duration time) {
    return Values.of(time.toNanos() / 1e9);
  }
}
