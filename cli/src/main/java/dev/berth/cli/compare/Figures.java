package dev.berth.cli.compare;

import dev.berth.v1.UsageSample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/// What the rounds of one subject come to. Of several values the middle one, or the lower of both.
///
/// @param phases when each was entered, since the request
/// @param answers until the program answered, from the fastest to the slowest
/// @param stopped how long its end took
/// @param memory of the node, in bytes
/// @param guestMemory as the kernel inside of a machine counts it, in bytes
/// @param storage on the node's disks, in bytes
/// @param load requests answered in a second
/// @param failedLoad the round in which most requests failed, of those that have no rate for it
record Figures(
    List<Round.Phase> phases,
    List<Duration> answers,
    Duration stopped,
    OptionalLong memory,
    OptionalLong guestMemory,
    OptionalLong storage,
    OptionalDouble load,
    Optional<Load> failedLoad) {

  static Figures of(List<Round> rounds) {
    return new Figures(
        phases(rounds),
        rounds.stream().map(Round::answered).sorted().toList(),
        middle(rounds.stream().map(Round::stopped).sorted().toList()),
        usage(rounds, UsageSample::hasMemoryBytes, UsageSample::getMemoryBytes),
        usage(rounds, UsageSample::hasGuestMemoryBytes, UsageSample::getGuestMemoryBytes),
        usage(rounds, UsageSample::hasStorageBytes, UsageSample::getStorageBytes),
        load(rounds),
        failedLoad(rounds));
  }

  Duration answered() {
    return middle(answers);
  }

  /// The answer that 95 of 100 were not slower than.
  Duration answeredAtWorst() {
    return answers.get((int) Math.ceil(answers.size() * 0.95) - 1);
  }

  private static List<Round.Phase> phases(List<Round> rounds) {
    Map<String, List<Duration>> byName = new LinkedHashMap<>();
    for (Round round : rounds) {
      for (Round.Phase phase : round.phases()) {
        byName.computeIfAbsent(phase.name(), _ -> new ArrayList<>()).add(phase.since());
      }
    }
    return byName.entrySet().stream()
        .map(
            each ->
                new Round.Phase(each.getKey(), middle(each.getValue().stream().sorted().toList())))
        .toList();
  }

  private static OptionalLong usage(
      List<Round> rounds, Predicate<UsageSample> has, ToLongFunction<UsageSample> value) {
    long[] known =
        rounds.stream().map(Round::usage).filter(has).mapToLong(value).sorted().toArray();
    return known.length == 0
        ? OptionalLong.empty()
        : OptionalLong.of(known[(known.length - 1) / 2]);
  }

  private static OptionalDouble load(List<Round> rounds) {
    double[] known =
        rounds.stream()
            .flatMap(each -> each.load().stream())
            .map(Load::rate)
            .filter(OptionalDouble::isPresent)
            .mapToDouble(OptionalDouble::getAsDouble)
            .sorted()
            .toArray();
    return known.length == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(known[(known.length - 1) / 2]);
  }

  private static Optional<Load> failedLoad(List<Round> rounds) {
    return rounds.stream()
        .flatMap(each -> each.load().stream())
        .filter(each -> each.rate().isEmpty())
        .max(Comparator.comparingLong(Load::failures));
  }

  private static <T> T middle(List<T> sorted) {
    return sorted.get((sorted.size() - 1) / 2);
  }
}
