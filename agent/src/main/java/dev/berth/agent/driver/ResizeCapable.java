package dev.berth.agent.driver;

import dev.berth.v1.Resources;

/// A driver that gives an instance other CPUs and memory without making it anew. Published as the
/// capability "resize".
public interface ResizeCapable {
  /// Since when an instance has what was asked for.
  enum Effect {
    /// From now on.
    NOW,
    /// From its next start on; until then it has what it had, or a part of what was asked for.
    NEXT_START
  }

  /// Gives an instance, whatever its state, other CPUs and memory. One that has them already keeps
  /// them.
  ///
  /// @param resources what is not set was not set before either, and stays without a limit
  /// @throws DriverException when the runtime cannot be asked, or refuses
  Effect resize(RuntimeHandle handle, Resources resources) throws DriverException;
}
