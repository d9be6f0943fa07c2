package dev.berth.agent;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.berth.agent.port.AgentClock;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

final class RehearsalTest {
  @Test
  void comesToItsEnd() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () ->
            new Rehearsal(AgentClock.system(), () -> ThreadLocalRandom.current().nextLong()).run());
  }
}
