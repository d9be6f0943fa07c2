package dev.berth.agent.fence;

import java.io.IOException;
import java.util.Collection;
import java.util.List;

/// Something outside of the agent that kills targets when the deadline and their grace are over
/// and the agent has not moved the deadline: because it hangs, is paused or is dead. It outlives
/// the agent: one that is started again finds what the one before had left.
public interface Watchdog {
  /// What an agent before this one had left, in the same boot of the host.
  ///
  /// @param deadlineMillis when the host's uptime reaches this, contact is too old; 0: unknown
  /// @param targets what is watched
  record Left(long deadlineMillis, List<FenceTarget> targets) {
    public Left {
      targets = List.copyOf(targets);
    }
  }

  /// What is watched already. To be called first, once.
  Left left() throws IOException;

  /// Watches these and no others from now on; in force, and durable, when this returns.
  ///
  /// @throws IOException when that is not sure; what was watched before still is
  void watch(Collection<FenceTarget> targets, long deadlineMillis) throws IOException;

  /// Moves the deadline, and makes sure that there is a watchdog.
  ///
  /// @param deadlineMillis by the host's uptime
  void renew(long deadlineMillis) throws IOException;
}
