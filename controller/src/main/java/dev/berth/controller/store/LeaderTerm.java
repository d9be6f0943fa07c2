package dev.berth.controller.store;

/// One term of leadership.
///
/// @param epoch grows with each election, also over a restore into a new etcd: what agents compare
/// @param createRevision of the leader key: what etcd compares
/// @param leaseId lease under which the key lives
public record LeaderTerm(long epoch, long createRevision, long leaseId) {
  /// A term in a store that was never restored: the epoch is the create revision.
  public LeaderTerm(long epoch, long leaseId) {
    this(epoch, epoch, leaseId);
  }
}
