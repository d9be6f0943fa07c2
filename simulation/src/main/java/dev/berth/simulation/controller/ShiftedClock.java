package dev.berth.simulation.controller;

import dev.berth.controller.core.model.Now;
import dev.berth.controller.loop.LoopClock;
import dev.berth.simulation.kernel.SimulatedClock;
import java.time.Instant;

/// The clock of a controller's turns, which can be made to lie once.
final class ShiftedClock implements LoopClock {
  private final SimulatedClock clock;
  private long shift;

  ShiftedClock(SimulatedClock clock) {
    this.clock = clock;
  }

  /// The next decision is made at a wrong time.
  void shiftOnce(long nanos) {
    shift = nanos;
  }

  @Override
  public long nanos() {
    return clock.nanos();
  }

  @Override
  public Instant wall() {
    return clock.wall();
  }

  @Override
  public Now now() {
    Now now = new Now((nanos() + shift) / 1_000_000, wall());
    shift = 0;
    return now;
  }
}
