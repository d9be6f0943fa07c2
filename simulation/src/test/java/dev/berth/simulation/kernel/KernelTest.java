package dev.berth.simulation.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class KernelTest {
  private static final long SECOND = 1_000_000_000L;

  private final Kernel kernel = new Kernel(1, new Trace(null));
  private final SimulatedClock clock = new SimulatedClock(kernel, 1, 0);
  private final SimulatedProcess process = new SimulatedProcess(kernel, "p", clock);
  private final List<String> happened = new ArrayList<>();

  @Test
  void eventsOfOneMomentComeInAnOrderThatTheSeedChooses() {
    assertEquals(order(1), order(1));
    assertNotEquals(order(1), order(2));
  }

  private static List<Integer> order(long seed) {
    Kernel kernel = new Kernel(seed, new Trace(null));
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int each = i;
      kernel.after(SECOND, () -> order.add(each));
    }
    kernel.runUntil(SECOND);
    return order;
  }

  @Test
  void drawsForOnePurposeDoNotChangeThoseForAnother() {
    long expected = kernel.random("a").nextLong();
    var other = kernel.random("b");
    long _ = other.nextLong();
    assertEquals(expected, kernel.random("a").nextLong());
    assertNotEquals(expected, kernel.random("b").nextLong());
  }

  @Test
  void pausedProcessDoesEverythingLateAndADeadOneNothing() {
    process.after(SECOND, () -> happened.add("timer"));
    process.pause();
    kernel.runUntil(10 * SECOND);
    assertEquals(List.of(), happened);
    process.resume();
    kernel.runUntil(11 * SECOND);
    assertEquals(List.of("timer"), happened);
    process.after(SECOND, () -> happened.add("never"));
    process.kill();
    kernel.runUntil(20 * SECOND);
    assertEquals(List.of("timer"), happened);
  }

  @Test
  void blockingCodeRunsInVirtualTime() {
    var _ =
        VirtualThreads.on(process.soon())
            .start(
                () -> {
                  try {
                    Waiting.sleep(process, 5 * SECOND);
                    happened.add("slept until " + kernel.now() / SECOND);
                    var _ = new VirtualFuture<>(process).get(3, TimeUnit.SECONDS);
                  } catch (TimeoutException _) {
                    happened.add("timed out at " + kernel.now() / SECOND);
                  } catch (Exception e) {
                    happened.add(e.toString());
                  }
                });
    kernel.runUntil(60 * SECOND);
    assertEquals(List.of("slept until 5", "timed out at 8"), happened);
  }

  @Test
  void wallClockCanBeSetAndTheMonotonicOneGoesOn() {
    long before = clock.nanos();
    clock.setWall(-3_600);
    kernel.runUntil(SECOND);
    assertEquals(SECOND, clock.nanos() - before);
    assertTrue(clock.wall().getEpochSecond() < 1_780_000_000L);
    assertFalse(process.isPaused());
  }

  @Test
  void fastClocksFireEarly() {
    SimulatedClock fast = new SimulatedClock(kernel, 2, 0);
    new SimulatedProcess(kernel, "fast", fast)
        .after(2 * SECOND, () -> happened.add("at " + kernel.now() / SECOND));
    kernel.runUntil(2 * SECOND);
    assertEquals(List.of("at 1"), happened);
  }
}
