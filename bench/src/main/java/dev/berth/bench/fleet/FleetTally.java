package dev.berth.bench.fleet;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// What agents count together.
final class FleetTally {
  /// Agents with a session that has got its complete set.
  final AtomicInteger inSync = new AtomicInteger();

  /// Instances that run, and whose report of that was acknowledged.
  final AtomicLong running = new AtomicLong();

  /// Times that a program was started.
  final AtomicLong starts = new AtomicLong();

  /// Sessions that were welcomed.
  final AtomicLong sessions = new AtomicLong();

  /// Acknowledged heartbeats.
  final AtomicLong heartbeats = new AtomicLong();
}
