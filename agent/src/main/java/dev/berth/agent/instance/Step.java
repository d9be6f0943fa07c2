package dev.berth.agent.instance;

import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.v1.AssignedInstance;
import java.time.Duration;
import java.util.Optional;

/// One step towards what is wanted.
sealed interface Step {
  /// Nothing to do until something happens.
  record Rest() implements Step {}

  /// Nothing to do until then, unless something happens.
  ///
  /// @param millis monotonic time
  record WaitUntil(long millis) implements Step {}

  /// Ask the runtime what is true.
  ///
  /// @param handle the object; empty: list everything and search
  record Look(Optional<RuntimeHandle> handle) implements Step {}

  /// Make the object.
  record Prepare(AssignedInstance instance) implements Step {}

  /// Start the program.
  ///
  /// @param cause why now
  record Start(RuntimeHandle handle, StartCause cause, long generation) implements Step {}

  /// Give the object the resources of the spec that is wanted.
  record Resize(RuntimeHandle handle, AssignedInstance instance) implements Step {}

  /// Stop the program.
  ///
  /// @param toRestart whether it is started again at once
  record Stop(RuntimeHandle handle, Duration grace, boolean toRestart) implements Step {}

  /// Remove the object.
  record Remove(RuntimeHandle handle) implements Step {}

  /// The program ended: ask the restart policy.
  record Judge(AssignedInstance instance) implements Step {}

  /// The program has run long enough to count as healthy.
  record BecomeHealthy() implements Step {}

  /// Ended as wanted.
  record Conclude(Outcome outcome) implements Step {}

  /// Nothing is left of it.
  record Vanish() implements Step {}

  /// Why a program is started.
  enum StartCause {
    /// For the first time.
    FIRST,
    /// The restart policy said so.
    POLICY,
    /// A user asked for it.
    USER
  }
}
