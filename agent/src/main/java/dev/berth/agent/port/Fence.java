package dev.berth.agent.port;

import java.io.IOException;
import java.time.Duration;

/// Keeps instances whose lost policy is FENCE from running longer than this node has contact with a
/// controller. Thread-safe.
public interface Fence {
  /// A fence for instances that need none.
  Fence NONE =
      new Fence() {
        @Override
        public boolean isOpen() {
          return true;
        }

        @Override
        public void hold(String instanceId, String runtimeId, Duration grace) {
          // Nothing is held.
        }

        @Override
        public void release(String instanceId) {
          // Nothing was held.
        }
      };

  /// Whether the last acknowledged contact is recent enough for such an instance to start.
  boolean isOpen();

  /// Holds the object of an instance from now on: it ends soon after the fence closes, whatever
  /// becomes of the agent. To be called before it starts.
  ///
  /// @param runtimeId the runtime's own id of the object
  /// @param grace what a stop takes at most
  /// @throws IOException when that cannot be made sure: it must not start
  void hold(String instanceId, String runtimeId, Duration grace) throws IOException;

  /// The instance does not run and will not again.
  void release(String instanceId);
}
