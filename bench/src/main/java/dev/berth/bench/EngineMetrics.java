package dev.berth.bench;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.loop.LoopMetrics;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.atomic.AtomicLong;

/// What the loop did, in numbers.
final class EngineMetrics implements LoopMetrics {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final AtomicLong commits = new AtomicLong();
  private final AtomicLong turnNanos = new AtomicLong();
  private final AtomicLong loopCpuNanos = new AtomicLong();

  @Override
  public void decided(String event, long queueNanos, long decisionNanos) {}

  @Override
  public void turn(int events, long nanos) {
    turnNanos.addAndGet(nanos);
    loopCpuNanos.set(THREADS.getCurrentThreadCpuTime());
  }

  @Override
  public void committed(String event, long commitNanos) {}

  @Override
  public void storeCommit(long nanos, boolean success) {
    commits.incrementAndGet();
  }

  @Override
  public void placements(int placed, int unplaced) {}

  @Override
  public void published(ClusterState state) {
    loopCpuNanos.set(THREADS.getCurrentThreadCpuTime());
  }

  long commits() {
    return commits.get();
  }

  /// Time that all turns took to be decided.
  long turnNanos() {
    return turnNanos.get();
  }

  /// Processor time of the loop's thread so far.
  long loopCpuNanos() {
    return loopCpuNanos.get();
  }
}
