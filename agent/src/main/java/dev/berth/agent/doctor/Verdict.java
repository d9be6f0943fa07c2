package dev.berth.agent.doctor;

/// How something is.
enum Verdict {
  /// As it should be.
  OK,
  /// It works, and may not for long, or not well.
  WARNING,
  /// Something does not work.
  PROBLEM,
  /// It was not looked at.
  SKIPPED
}
