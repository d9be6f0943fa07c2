package dev.berth.agent.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.session.LeaderSearch.Dial;
import dev.berth.agent.session.LeaderSearch.End;
import dev.berth.client.ControllerAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class LeaderSearchTest {
  private static final ControllerAddress A = new ControllerAddress("a", 7443);
  private static final ControllerAddress B = new ControllerAddress("b", 7443);
  private static final ControllerAddress C = new ControllerAddress("c", 7443);
  private static final ControllerAddress UNLISTED = new ControllerAddress("d", 7443);
  private static final End REFUSED = new End(false, false, Optional.empty());

  // Always the longest wait that the jitter allows.
  private final LeaderSearch search =
      new LeaderSearch(List.of(A, B, C), new BackOff(3, () -> Long.MAX_VALUE));

  private static End redirect(ControllerAddress leader) {
    return new End(false, false, Optional.of(leader));
  }

  @Test
  void asksOneControllerAfterTheOtherAndWaitsBriefly() {
    assertEquals(A, search.first().address());
    Dial second = search.next(A, REFUSED);
    Dial third = search.next(B, REFUSED);
    assertEquals(List.of(B, C), List.of(second.address(), third.address()));
    assertEquals(A, search.next(C, REFUSED).address());
    assertTrue(second.waitMillis() + third.waitMillis() <= 100);
  }

  @Test
  void goesToTheLeaderThatIsNamedAtOnceEvenWhenItIsNotInTheList() {
    assertEquals(new Dial(UNLISTED, 0), search.next(A, redirect(UNLISTED)));
    assertEquals(B, search.next(UNLISTED, REFUSED).address());
  }

  @Test
  void isNotSentInCircles() {
    assertEquals(new Dial(B, 0), search.next(A, redirect(B)));
    assertEquals(new Dial(A, 0), search.next(B, redirect(A)));
    assertEquals(new Dial(B, 0), search.next(A, redirect(B)));
    assertEquals(B, search.next(B, redirect(A)).address(), "the next one of the list");
    assertEquals(C, search.next(B, redirect(B)).address(), "it named itself");
  }

  @Test
  void spreadsAsTheControllerAskedForOnceEachWasTriedAtOnce() {
    BackOff spread = new BackOff(3, new SplittableRandom(1));
    spread.spread(25_000);
    for (int i = 0; i < 3; i++) {
      assertTrue(spread.nextMillis() <= 50);
    }
    assertSpreadOver(25_000, spread::redirectedMillis);
    spread.spread(Long.MAX_VALUE);
    assertSpreadOver(60_000, spread::redirectedMillis);
    spread.spread(-1);
    assertEquals(0, spread.redirectedMillis());
  }

  @Test
  void waitsLongerForAConnectionOnceEachWasTriedInVain() {
    BackOff backOff = new BackOff(3, new SplittableRandom(1));
    List<Long> patience = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      patience.add(backOff.connectMillis());
      backOff.nextMillis();
    }
    assertEquals(List.of(3_000L, 3_000L, 3_000L, 6_000L, 6_000L, 6_000L, 6_000L), patience);
    backOff.reset();
    assertEquals(3_000, backOff.connectMillis());
  }

  @Test
  void spreadsHalfAsLongInEachLaterRound() {
    SplittableRandom random = new SplittableRandom(2);
    assertSpreadOver(25_000, () -> waitAfter(3, random, false));
    assertSpreadOver(12_500, () -> waitAfter(6, random, false));
    assertSpreadOver(6_250, () -> waitAfter(9, random, false));
    assertSpreadOver(5_000, () -> waitAfter(60, random, false));
  }

  @Test
  void takesItsTurnFromTheFirstWaitOnWhenAllMustLeave() {
    SplittableRandom random = new SplittableRandom(3);
    assertSpreadOver(25_000, () -> waitAfter(0, random, true));
    assertSpreadOver(12_500, () -> waitAfter(3, random, true));
    BackOff unasked = new BackOff(1, random);
    unasked.takeTurn();
    assertTrue(unasked.nextMillis() <= 50, "nobody asked to spread");
  }

  @Test
  void aSessionThatEndsForItselfIsFollowedAtOnceAlsoAfterAllHadToLeave() {
    BackOff spread = new BackOff(1, new SplittableRandom(4));
    spread.spread(25_000);
    LeaderSearch alone = new LeaderSearch(List.of(A), spread);
    assertSpreadOver(
        25_000, () -> alone.next(A, new End(true, true, Optional.empty())).waitMillis());
    assertTrue(alone.next(A, new End(true, false, Optional.empty())).waitMillis() <= 50);
  }

  private static long waitAfter(int failures, RandomGenerator random, boolean allLeave) {
    BackOff backOff = new BackOff(3, random);
    backOff.spread(25_000);
    if (allLeave) {
      backOff.takeTurn();
    }
    for (int i = 0; i < failures; i++) {
      backOff.nextMillis();
    }
    return backOff.nextMillis();
  }

  private static void assertSpreadOver(long millis, LongSupplier waits) {
    LongSummaryStatistics seen = LongStream.generate(waits).limit(1_000).summaryStatistics();
    assertTrue(seen.getMax() <= millis && seen.getMax() > millis * 9 / 10, seen.toString());
    assertTrue(seen.getMin() < millis / 10, seen.toString());
  }

  @Test
  void asksAnotherControllerWhenALeaderHasGone() {
    assertEquals(B, search.next(A, new End(true, false, Optional.empty())).address());
  }

  @Test
  void neverWaitsForMoreThanFiveSecondsAndForMillisecondsAfterAGoodSession() {
    ControllerAddress at = A;
    for (int i = 0; i < 100; i++) {
      Dial dial = search.next(at, REFUSED);
      assertTrue(dial.waitMillis() <= 5_000);
      at = dial.address();
    }
    assertTrue(search.next(at, new End(true, false, Optional.empty())).waitMillis() <= 50);
  }
}
