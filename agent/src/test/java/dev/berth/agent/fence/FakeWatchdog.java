package dev.berth.agent.fence;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// A watchdog that only remembers, over restarts of agents.
public final class FakeWatchdog implements Watchdog {
  private final List<FenceTarget> targets = new ArrayList<>();
  private long deadlineMillis;
  private boolean diskFull;

  @Override
  public synchronized Left left() {
    return new Left(deadlineMillis, targets);
  }

  @Override
  public synchronized void watch(Collection<FenceTarget> wanted, long deadline) throws IOException {
    if (diskFull) {
      throw new IOException("No space left on device");
    }
    List<FenceTarget> copy = List.copyOf(wanted);
    targets.clear();
    targets.addAll(copy);
    deadlineMillis = deadline;
  }

  @Override
  public synchronized void renew(long deadline) {
    deadlineMillis = deadline;
  }

  public synchronized void diskFull(boolean now) {
    diskFull = now;
  }

  /// The instances that are watched.
  public synchronized List<String> watched() {
    return targets.stream().map(FenceTarget::instanceId).toList();
  }

  synchronized long deadlineMillis() {
    return deadlineMillis;
  }
}
