package dev.berth.controller.store;

/// One term of leadership.
///
/// @param epoch create revision of the leader key; grows with each election
/// @param leaseId lease under which the key lives
public record LeaderTerm(long epoch, long leaseId) {}
