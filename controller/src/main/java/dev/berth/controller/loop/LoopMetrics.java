package dev.berth.controller.loop;

import dev.berth.controller.core.model.ClusterState;

/// What the loop measures. Called on the loop's thread, so it must neither block nor throw. All
/// times are in nanoseconds.
public interface LoopMetrics {
  /// Measures nothing.
  static LoopMetrics none() {
    return new NoLoopMetrics();
  }

  /// An event was decided.
  ///
  /// @param event its name, such as "CreateWorkload"
  /// @param queueNanos how long it waited
  /// @param decisionNanos how long its own part of the decision took
  void decided(String event, long queueNanos, long decisionNanos);

  /// A turn was decided.
  ///
  /// @param events how many it had
  /// @param nanos how long it took in all, with what is done once for all its events
  void turn(int events, long nanos);

  /// An event's mutations were committed; events without durable mutations are not told of.
  ///
  /// @param event its name
  /// @param commitNanos how long the commit of its turn took
  void committed(String event, long commitNanos);

  /// The store took a turn's writes, or refused them.
  void storeCommit(long nanos, boolean success);

  /// Slots got a node ("placed") or none ("unplaced").
  void placements(int placed, int unplaced);

  /// A turn changed something that can be seen.
  void published(ClusterState state);
}
