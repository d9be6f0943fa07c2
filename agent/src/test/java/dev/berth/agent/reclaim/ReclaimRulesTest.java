package dev.berth.agent.reclaim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.ReclaimableImages.Held;
import dev.berth.agent.driver.ReclaimableImages.Use;
import dev.berth.agent.port.DiskRoom;
import dev.berth.agent.reclaim.ReclaimRules.Candidate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ReclaimRulesTest {
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  private static final ReclaimRules RULES = new ReclaimRules(85, 80, Duration.ofMinutes(5));

  private static Held image(String id, boolean used, Duration age) {
    return new Held(id, List.of(id + ":1"), 100, NOW.minus(age), used ? Use.USED : Use.FREE);
  }

  private static Candidate candidate(String id, Duration unused) {
    return new Candidate(image(id, false, Duration.ofDays(9)), NOW.minus(unused));
  }

  private static List<String> order(Set<String> needed, Candidate... images) {
    return RULES.order(List.of(images), needed, NOW).stream().map(Held::id).toList();
  }

  @Test
  void theLeastRecentlyUsedGoesFirst() {
    assertEquals(
        List.of("c", "a", "b"),
        order(
            Set.of(),
            candidate("a", Duration.ofHours(2)),
            candidate("b", Duration.ofHours(1)),
            candidate("c", Duration.ofDays(3))));
    assertEquals(
        List.of("a", "b"),
        order(Set.of(), candidate("b", Duration.ofDays(1)), candidate("a", Duration.ofDays(1))));
  }

  @Test
  void whatAContainerHasOrAnInstanceNeedsStaysHoweverOldItIs() {
    Candidate used =
        new Candidate(image("u", true, Duration.ofDays(900)), NOW.minus(Duration.ofDays(900)));
    assertEquals(
        List.of("free"),
        order(
            Set.of("pinned"),
            used,
            candidate("pinned", Duration.ofDays(900)),
            candidate("free", Duration.ofHours(1))));
  }

  @Test
  void whatMayBeNowhereElseGoesLast() {
    Held alone =
        new Held("alone", List.of("a:1"), 1, NOW.minus(Duration.ofDays(99)), Use.FREE_AND_ALONE);
    assertEquals(
        List.of("new", "alone"),
        order(
            Set.of(), new Candidate(alone, alone.since()), candidate("new", Duration.ofHours(1))));
  }

  @Test
  void whatHasJustComeStays() {
    Instant old = NOW.minus(Duration.ofDays(1));
    assertEquals(
        List.of("b"),
        order(
            Set.of(),
            new Candidate(image("a", false, Duration.ofMinutes(5)), old),
            new Candidate(image("b", false, Duration.ofMinutes(6)), old)));
  }

  @Test
  void sharesAreOfTheWholeFileSystem() {
    assertFalse(RULES.isFull(new DiskRoom(1000, 150)));
    assertTrue(RULES.isFull(new DiskRoom(1000, 149)));
    assertFalse(RULES.isEnough(new DiskRoom(1000, 199)));
    assertTrue(RULES.isEnough(new DiskRoom(1000, 200)));
    assertTrue(RULES.isFull(new DiskRoom(Long.MAX_VALUE, Long.MAX_VALUE / 10)));
    assertFalse(RULES.isFull(new DiskRoom(0, 0)));
    assertFalse(new ReclaimRules(100, 80, Duration.ZERO).isFull(new DiskRoom(1000, 0)));
  }

  @Test
  void aUseIsRememberedWhenItsContainerIsGone() {
    LastUses uses = new LastUses();
    Held used = image("a", true, Duration.ofDays(9));
    Held other = image("b", false, Duration.ofDays(1));
    assertEquals(NOW, uses.observe(List.of(used, other), Set.of(), NOW).getFirst().lastUse());
    Held free = image("a", false, Duration.ofDays(9));
    Instant later = NOW.plus(Duration.ofHours(1));
    List<Candidate> seen = uses.observe(List.of(free, other), Set.of("b"), later);
    assertEquals(NOW, seen.getFirst().lastUse());
    assertEquals(later, seen.getLast().lastUse());
    // One that went and comes again has no past.
    var _ = uses.observe(List.of(), Set.of(), later);
    assertEquals(free.since(), uses.observe(List.of(free), Set.of(), later).getFirst().lastUse());
  }
}
