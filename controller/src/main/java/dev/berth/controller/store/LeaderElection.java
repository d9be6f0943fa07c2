package dev.berth.controller.store;

/// Sees to it that one controller leads at a time.
public interface LeaderElection extends AutoCloseable {
  /// Waits until this process leads. Retries while the store cannot be reached.
  LeaderTerm campaign() throws InterruptedException;

  /// Whether the term still holds, judged by our own monotonic clock and never later than the
  /// store would judge. Cheap.
  boolean holds(LeaderTerm term);

  /// Gives the term up, so that the next campaign need not wait for the lease to end. Best
  /// effort, bounded in time.
  void resign(LeaderTerm term);

  @Override
  void close();
}
