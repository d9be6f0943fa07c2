package dev.berth.agent.fence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.instance.VirtualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FenceGuardTest {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final VirtualClock clock = new VirtualClock();
  private final FakeWatchdog watchdog = new FakeWatchdog();
  private final AtomicInteger closed = new AtomicInteger();
  private FenceGuard guard;

  @BeforeEach
  void start() throws IOException {
    guard = new FenceGuard(watchdog, clock);
    guard.begin(closed::incrementAndGet);
    assertEquals(1, closed.getAndSet(0));
  }

  private void restart() throws IOException {
    guard = new FenceGuard(watchdog, clock);
    guard.begin(closed::incrementAndGet);
  }

  private void holdOne() throws IOException {
    guard.contact(clock.bootMillis());
    guard.hold("a", "object-a", GRACE);
  }

  @Test
  void isClosedUntilALeaderHasAcknowledgedSomething() {
    assertFalse(guard.isOpen());
    guard.contact(clock.bootMillis());
    assertTrue(guard.isOpen());
  }

  @Test
  void countsFromTheSendAndNotFromTheReceipt() {
    long sent = clock.bootMillis();
    clock.advance(9_000);
    guard.contact(sent);
    clock.advance(5_999);
    assertTrue(guard.isOpen());
    clock.advance(1);
    assertFalse(guard.isOpen());
  }

  @Test
  void anOlderContactThatIsHeardOfLaterMovesNothingBack() throws IOException {
    long older = clock.bootMillis();
    clock.advance(5_000);
    holdOne();
    guard.contact(older);
    assertEquals(clock.bootMillis() + 15_000, watchdog.deadlineMillis());
  }

  @Test
  void countsTheTimeThatTheHostWasSuspendedFor() throws IOException {
    holdOne();
    clock.suspend(15_000);
    assertFalse(guard.isOpen());
  }

  @Test
  void theControllerSaysHowOldContactMayBe() {
    guard.welcomed(Duration.ofSeconds(40));
    guard.contact(clock.bootMillis());
    clock.advance(39_999);
    assertTrue(guard.isOpen());
    clock.advance(1);
    guard.welcomed(Duration.ofSeconds(40));
    guard.contact(clock.bootMillis());
    guard.welcomed(Duration.ZERO);
    assertTrue(guard.isOpen());
    clock.advance(1);
    guard.contact(clock.bootMillis());
    clock.advance(15_000);
    assertFalse(guard.isOpen(), "a shorter time counts, too");
  }

  @Test
  void aContactThatComesTooLateDoesNotSaveWhatRanUntilThen() throws IOException {
    holdOne();
    clock.advance(15_000);
    guard.contact(clock.bootMillis());
    assertEquals(1, closed.get());
    assertTrue(guard.isOpen());
  }

  @Test
  void aPausedAgentClosesTheFenceAsSoonAsItGoesOn() throws Exception {
    holdOne();
    Thread thread = Thread.ofVirtual().start(guard);
    clock.advance(40_000);
    while (closed.get() == 0) {
      Thread.onSpinWait();
    }
    assertFalse(guard.isOpen());
    thread.interrupt();
    thread.join();
    assertEquals(1, closed.get());
  }

  @Test
  void theDeadlineRunsOnOverARestartOfTheAgent() throws IOException {
    holdOne();
    clock.advance(10_000);
    restart();
    assertEquals(0, closed.get());
    assertTrue(guard.isOpen());
    clock.advance(5_000);
    restart();
    assertEquals(1, closed.get());
    assertEquals(List.of("a"), watchdog.watched());
  }

  @Test
  void whatCannotBeWatchedIsNotHeld() throws IOException {
    holdOne();
    watchdog.diskFull(true);
    assertThrows(IOException.class, () -> guard.hold("b", "object-b", GRACE));
    watchdog.diskFull(false);
    guard.hold("c", "object-c", GRACE);
    assertEquals(List.of("a", "c"), watchdog.watched());
  }

  @Test
  void releasesWhatIsGone() throws IOException {
    holdOne();
    guard.hold("b", "object-b", GRACE);
    guard.release("a");
    assertEquals(List.of("b"), watchdog.watched());
    guard.retain(Set.of("c"));
    assertEquals(List.of(), watchdog.watched());
  }
}
