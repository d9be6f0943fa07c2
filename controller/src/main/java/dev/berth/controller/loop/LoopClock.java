package dev.berth.controller.loop;

import dev.berth.controller.core.model.Now;
import java.time.Instant;

/// The time of the loop.
public interface LoopClock {
  /// Nanoseconds that only grow, from any origin.
  long nanos();

  /// What people call it.
  Instant wall();

  /// The time at which a decision is made.
  default Now now() {
    return new Now(nanos() / 1_000_000, wall());
  }

  /// The time of this machine.
  static LoopClock system() {
    return new LoopClock() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public Instant wall() {
        return Instant.now();
      }
    };
  }
}
