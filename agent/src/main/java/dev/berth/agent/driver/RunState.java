package dev.berth.agent.driver;

import java.time.Instant;

/// What a runtime says of one object.
public sealed interface RunState {
  /// Made and never started.
  record Created() implements RunState {}

  /// Runs.
  ///
  /// @param startTime by the runtime's clock
  /// @param paused whether it stands still: someone paused it
  record Running(Instant startTime, boolean paused) implements RunState {
    /// One that does not stand still.
    public Running(Instant startTime) {
      this(startTime, false);
    }
  }

  /// Has ended.
  ///
  /// @param exitCode 0 to 255; 128+n for signal n
  /// @param outOfMemory whether its memory limit ended it
  /// @param startTime when it last started, by the runtime's clock
  /// @param finishTime when it ended, by the runtime's clock
  /// @param problem what the runtime itself could not do, for people; empty when the program ended
  record Exited(
      int exitCode, boolean outOfMemory, Instant startTime, Instant finishTime, String problem)
      implements RunState {}

  /// Is not there any more.
  record Gone() implements RunState {}
}
