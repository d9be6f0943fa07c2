package dev.berth.simulation.agent;

import dev.berth.agent.port.AgentClock;
import dev.berth.simulation.kernel.SimulatedProcess;
import dev.berth.simulation.kernel.Waiting;
import java.time.Instant;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The agent's time, which is its host's.
final class ProcessTime implements AgentClock {
  private static final long MILLI = 1_000_000L;

  private final SimulatedProcess process;

  ProcessTime(SimulatedProcess process) {
    this.process = process;
  }

  @Override
  public long nanos() {
    return process.clock().nanos();
  }

  @Override
  public long bootMillis() {
    return nanos() / MILLI;
  }

  @Override
  public Instant wall() {
    return process.clock().wall();
  }

  @Override
  public void awaitUntil(ReentrantLock lock, Condition changed, long untilMillis)
      throws InterruptedException {
    long left = untilMillis * MILLI - nanos();
    if (left > 0) {
      Waiting.await(process, lock, changed, left);
    }
  }
}
