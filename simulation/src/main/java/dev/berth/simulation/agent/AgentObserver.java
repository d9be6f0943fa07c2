package dev.berth.simulation.agent;

/// Sees what agents do.
public interface AgentObserver {
  /// An agent's process was started.
  void started(String node);

  /// An agent said hello.
  void greeted(String node, long highestEpoch);

  /// An agent wrote the highest epoch that it obeys.
  void obeys(String node, long epoch);

  /// An agent was welcomed by a leader, or a complete set has reached it.
  void told(String node, long epoch);

  /// A leader acknowledged what an agent had sent.
  ///
  /// @param sentNanos when it had been sent, since the simulation began
  void contact(String node, long sentNanos);

  /// Something happened that must not.
  void failed(String problem);
}
