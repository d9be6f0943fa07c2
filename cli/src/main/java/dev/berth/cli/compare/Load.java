package dev.berth.cli.compare;

import java.util.OptionalDouble;

/// What a program answered when it was asked as fast as it could.
///
/// @param answers how many requests were answered
/// @param failures how many were not
/// @param firstError why the first of them was not; empty when all were
/// @param seconds how long it took
record Load(long answers, long failures, String firstError, double seconds) {
  /// Requests answered in a second; empty when more than one in a hundred failed: an error is
  /// quicker than an answer.
  OptionalDouble rate() {
    return failures > answers / 100 || seconds <= 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(answers / seconds);
  }

  /// Why there is no rate, for people.
  String problem() {
    return "%,d of %,d requests failed, so there is no rate; the first: %s"
        .formatted(failures, answers + failures, firstError);
  }
}
