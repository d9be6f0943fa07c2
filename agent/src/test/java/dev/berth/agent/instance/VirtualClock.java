package dev.berth.agent.instance;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/// Time that passes when a test says so. The wall clock can be put wrong on its own.
final class VirtualClock implements AgentClock, InstantSource {
  private final AtomicLong millis = new AtomicLong(1_000_000);
  private final AtomicLong wallOffset = new AtomicLong(1_800_000_000_000L);

  @Override
  public long millis() {
    return millis.get();
  }

  @Override
  public Instant wall() {
    return Instant.ofEpochMilli(millis.get() + wallOffset.get());
  }

  @Override
  public Instant instant() {
    return wall();
  }

  void advance(long by) {
    millis.addAndGet(by);
  }

  void advanceTo(long to) {
    millis.accumulateAndGet(to, Math::max);
  }

  void putWallWrong(long byMillis) {
    wallOffset.addAndGet(byMillis);
  }
}
