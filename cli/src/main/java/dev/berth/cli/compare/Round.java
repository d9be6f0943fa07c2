package dev.berth.cli.compare;

import dev.berth.v1.UsageSample;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// One start of one subject, from the request to its end.
///
/// @param phases in their order
/// @param answered from the request until the program answered
/// @param usage what it used after the load; all absent when its driver does not measure
/// @param load what it answered when it was asked as fast as it could; empty when it was not asked
/// @param stopped from the request to stop it until it had ended
record Round(
    List<Phase> phases,
    Duration answered,
    UsageSample usage,
    Optional<Load> load,
    Duration stopped) {
  Round {
    phases = List.copyOf(phases);
  }

  /// A phase of the start.
  ///
  /// @param name as `berth boot` says it
  /// @param since the request
  record Phase(String name, Duration since) {}
}
