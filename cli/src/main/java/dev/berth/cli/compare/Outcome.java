package dev.berth.cli.compare;

import java.util.List;

/// What became of a subject.
sealed interface Outcome {
  /// It was measured.
  ///
  /// @param rounds at least one
  record Measured(List<Round> rounds) implements Outcome {
    /// Copies.
    public Measured {
      rounds = List.copyOf(rounds);
    }
  }

  /// The node cannot run it, or it did not answer.
  ///
  /// @param reason for people
  record LeftOut(String reason) implements Outcome {}
}
