package dev.berth.agent.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.agent.port.DiskRoom;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class ImageKeepingTest {
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  private static final ImageKeeping WEEK = new ImageKeeping(Duration.ofDays(7));
  private static final DiskRoom PLENTY = new DiskRoom(1000, 900);
  private static final long BYTES = 30;

  private static ListedImage image(String digit, Duration age, String... names) {
    return new ListedImage(
        new StoredImage(digit.repeat(64), Path.of("/images/blobs", digit.repeat(64))),
        new TreeSet<>(List.of(names)),
        BYTES,
        NOW.minus(age));
  }

  private static List<ListedImage> surplus(
      List<ListedImage> images, Set<String> needed, DiskRoom room) {
    return WEEK.surplus(images, needed, room, NOW);
  }

  @Test
  void whatWasNotUsedForAWeekGoes() {
    ListedImage young = image("a", Duration.ofDays(7));
    ListedImage old = image("b", Duration.ofDays(7).plusSeconds(1));
    assertEquals(List.of(old), surplus(List.of(young, old), Set.of(), PLENTY));
  }

  @Test
  void whatHasANameOrIsNeededStaysHoweverFullItIs() {
    ListedImage named = image("a", Duration.ofDays(700), "debian");
    ListedImage needed = image("b", Duration.ofDays(700));
    assertEquals(
        List.of(),
        surplus(List.of(named, needed), Set.of(needed.image().digest()), new DiskRoom(1000, 0)));
  }

  @Test
  void aFullFileSystemTakesTheLeastRecentlyUsedUntilThereIsRoom() {
    ListedImage first = image("a", Duration.ofDays(3));
    ListedImage second = image("b", Duration.ofDays(2));
    ListedImage third = image("c", Duration.ofDays(1));
    List<ListedImage> all = List.of(third, first, second);
    // At 85 % nothing is done; of 85.1 % two have to go until at most 80 % are used.
    assertEquals(List.of(), surplus(all, Set.of(), new DiskRoom(1000, 150)));
    assertEquals(List.of(first, second), surplus(all, Set.of(), new DiskRoom(1000, 149)));
  }

  @Test
  void oldOnesCountTowardsTheRoomThatIsNeeded() {
    ListedImage old = image("a", Duration.ofDays(30));
    ListedImage older = image("b", Duration.ofDays(60));
    ListedImage young = image("c", Duration.ofDays(1));
    assertEquals(
        List.of(older, old),
        surplus(List.of(young, old, older), Set.of(), new DiskRoom(1000, 145)));
  }

  @Test
  void whatWasJustFetchedStaysUntilItsMachineIsThere() {
    ListedImage fresh = image("a", ImageKeeping.GRACE);
    assertEquals(List.of(), surplus(List.of(fresh), Set.of(), new DiskRoom(1000, 0)));
  }

  @Test
  void aFileSystemOfUnknownSizeIsNotFull() {
    ListedImage young = image("a", Duration.ofDays(1));
    assertEquals(List.of(), surplus(List.of(young), Set.of(), new DiskRoom(0, 0)));
  }
}
