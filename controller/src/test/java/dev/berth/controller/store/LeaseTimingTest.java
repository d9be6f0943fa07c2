package dev.berth.controller.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeaseTimingTest {
  private static final long SECOND = 1_000_000_000L;

  private final LeaseTiming timing = new LeaseTiming(Duration.ofSeconds(10));

  @Test
  void termEndsBeforeTheLeaseCountedFromWhatWasSent() {
    assertEquals(9 * SECOND, timing.deadline(0));
    assertFalse(LeaseTiming.isOver(timing.deadline(0), 9 * SECOND - 1));
    assertTrue(LeaseTiming.isOver(timing.deadline(0), 9 * SECOND));
  }

  @Test
  void clockMayWrapAround() {
    long sent = Long.MAX_VALUE - SECOND;
    assertFalse(LeaseTiming.isOver(timing.deadline(sent), sent + 8 * SECOND));
    assertTrue(LeaseTiming.isOver(timing.deadline(sent), sent + 9 * SECOND));
  }

  @Test
  void etcdCountsInWholeSecondsAndNeverFewer() {
    assertEquals(10, timing.seconds());
    assertEquals(1, new LeaseTiming(Duration.ofMillis(300)).seconds());
    assertEquals(2, new LeaseTiming(Duration.ofMillis(1_001)).seconds());
  }
}
