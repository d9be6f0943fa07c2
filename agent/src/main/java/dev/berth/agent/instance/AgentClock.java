package dev.berth.agent.instance;

import java.time.Instant;

/// The time. Decisions use only the monotonic value; the wall clock is for people.
public interface AgentClock {
  /// Milliseconds since the host started: grows evenly, also over a restart of the agent.
  long millis();

  /// The time of day.
  Instant wall();

  /// The clock of this host.
  static AgentClock system() {
    return new AgentClock() {
      @Override
      public long millis() {
        return System.nanoTime() / 1_000_000;
      }

      @Override
      public Instant wall() {
        return Instant.now();
      }
    };
  }
}
