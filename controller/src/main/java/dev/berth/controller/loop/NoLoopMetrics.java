package dev.berth.controller.loop;

import dev.berth.controller.core.model.ClusterState;

/// Measures nothing.
final class NoLoopMetrics implements LoopMetrics {
  @Override
  public void decided(String event, long queueNanos, long decisionNanos) {}

  @Override
  public void turn(int events, long nanos) {}

  @Override
  public void committed(String event, long commitNanos) {}

  @Override
  public void storeCommit(long nanos, boolean success) {}

  @Override
  public void placements(int placed, int unplaced) {}

  @Override
  public void published(ClusterState state) {}
}
