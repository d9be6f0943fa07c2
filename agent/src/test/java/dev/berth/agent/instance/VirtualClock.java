package dev.berth.agent.instance;

import dev.berth.agent.port.AgentClock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Time that passes when a test says so. The wall clock can be put wrong on its own.
public final class VirtualClock implements AgentClock, InstantSource {
  private final AtomicLong millis = new AtomicLong(1_000_000);
  private final AtomicLong suspended = new AtomicLong();
  private final AtomicLong wallOffset = new AtomicLong(1_800_000_000_000L);

  @Override
  public long nanos() {
    return millis.get() * 1_000_000;
  }

  @Override
  public long millis() {
    return millis.get();
  }

  @Override
  public long bootMillis() {
    return millis.get() + suspended.get();
  }

  @Override
  public Instant wall() {
    return Instant.ofEpochMilli(millis.get() + wallOffset.get());
  }

  @Override
  public Instant instant() {
    return wall();
  }

  /// Gives the lock up for a moment, in which whoever lets time pass may do so.
  @Override
  @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
  public void awaitUntil(ReentrantLock lock, Condition changed, long untilMillis)
      throws InterruptedException {
    if (millis() < untilMillis) {
      long _ = changed.awaitNanos(1_000_000);
    }
  }

  public void advance(long by) {
    millis.addAndGet(by);
  }

  void advanceTo(long to) {
    millis.accumulateAndGet(to, Math::max);
  }

  /// The host is suspended for a while: only the time since its start goes on.
  public void suspend(long byMillis) {
    suspended.addAndGet(byMillis);
  }

  void putWallWrong(long byMillis) {
    wallOffset.addAndGet(byMillis);
  }

  public void setWall(Instant now) {
    wallOffset.set(now.toEpochMilli() - millis.get());
  }
}
