package dev.berth.agent.port;

import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.Kind;
import java.time.Duration;

/// Takes what the agent measures of itself. Calls return at once and never throw.
public interface AgentMetrics {
  /// How a driver's call ended.
  enum Outcome {
    /// Done.
    OK,
    /// Failed, and may succeed when repeated.
    RETRYABLE,
    /// Failed for good.
    PERMANENT
  }

  /// A driver's call ended.
  ///
  /// @param driver name of the driver
  /// @param verb "prepare", "start", "stop", "remove", "inspect", "recover"
  /// @param nanos how long it took
  void driverCall(String driver, String verb, Outcome outcome, long nanos);

  /// Time from the arrival of an assignment to the first call of a driver.
  ///
  /// @param nanos how long it took
  void dispatch(long nanos);

  /// An instance entered a phase of its start: told once a start, and of the phases that follow
  /// PLACED.
  ///
  /// @param since how long ago the start began: when the instance was placed, or, for one that is
  ///     started again on its node, when that was begun. Negative counts as 0, since clocks differ
  void bootPhase(Kind kind, BootPhaseKind phase, Duration since);

  /// An image was removed because its file system was nearly full.
  ///
  /// @param bytes room that this gave back
  default void imageReclaimed(long bytes) {}

  /// The session to the controllers opened or ended.
  void session(boolean open);
}
