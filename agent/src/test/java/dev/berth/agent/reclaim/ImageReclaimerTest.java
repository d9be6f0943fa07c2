package dev.berth.agent.reclaim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.ReclaimableImages;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.DiskRoom;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What the reclaimer does with a runtime and a disk that a test made up.
final class ImageReclaimerTest {
  private static final Instant OLD = Instant.EPOCH;

  private final Store store = new Store();
  private final List<String> told = new ArrayList<>();
  private Set<String> needed = Set.of();

  /// A disk of 1000 bytes with images on it.
  private static final class Store implements ReclaimableImages {
    final List<Held> images = new ArrayList<>();
    final Set<String> refused = new java.util.HashSet<>();
    long others;
    boolean away;

    @Override
    public List<Held> held() {
      return List.copyOf(images);
    }

    @Override
    public Set<String> ids(Collection<String> references) throws DriverException {
      if (away) {
        throw DriverException.retryable("RuntimeUnavailable", "away", null);
      }
      return Set.copyOf(references);
    }

    @Override
    public boolean remove(Held image) {
      return !refused.contains(image.id()) && images.remove(image);
    }

    @Override
    public Optional<Path> directory() {
      return Optional.of(Path.of("/var/lib/docker"));
    }

    DiskRoom room() {
      return new DiskRoom(1000, 1000 - others - images.stream().mapToLong(Held::bytes).sum());
    }

    void has(String id, long bytes, boolean used, int age) {
      images.add(
          new Held(id, List.of(id), bytes, OLD.minusSeconds(age), used ? Use.USED : Use.FREE));
    }
  }

  private ImageReclaimer reclaimer() {
    return new ImageReclaimer(
        store,
        _ -> store.room(),
        () -> needed,
        new ReclaimRules(85, 80, Duration.ofMinutes(5)),
        new ImageReclaimer.Told() {
          @Override
          public void removed(ReclaimableImages.Held image, long bytes, String why) {
            told.add("removed " + image.name() + " " + bytes + " " + why);
          }

          @Override
          public void full(String why) {
            told.add("full " + why);
          }
        },
        AgentClock.system());
  }

  @Test
  void removesUntilEnoughIsFreeAndSaysWhy() throws Exception {
    store.others = 700;
    store.has("new", 60, false, 1);
    store.has("old", 60, false, 3);
    store.has("middle", 60, false, 2);
    reclaimer().look();
    assertEquals(
        List.of(
            "removed old 60 /var/lib/docker is 88 % full",
            "removed middle 60 /var/lib/docker is 82 % full"),
        told);
  }

  @Test
  void leavesEverythingWhileThereIsRoom() throws Exception {
    store.others = 700;
    store.has("old", 150, false, 3);
    reclaimer().look();
    assertEquals(List.of(), told);
  }

  @Test
  void whatIsNeededStaysAndThatTheDiskIsFullIsSaidOnce() throws Exception {
    store.others = 700;
    store.has("used", 100, true, 3);
    store.has("pinned", 100, false, 2);
    store.has("refused", 50, false, 1);
    store.refused.add("refused");
    needed = Set.of("pinned");
    ImageReclaimer reclaimer = reclaimer();
    reclaimer.look();
    reclaimer.look();
    assertEquals(1, told.size(), told.toString());
    assertTrue(told.getFirst().startsWith("full /var/lib/docker is 95 % full"), told.toString());
    store.others = 0;
    reclaimer.look();
    store.others = 700;
    reclaimer.look();
    assertEquals(2, told.size(), told.toString());
  }

  @Test
  void removesNothingWhenItCannotBeToldWhatIsNeeded() {
    store.others = 900;
    store.has("old", 50, false, 3);
    store.away = true;
    assertThrows(DriverException.class, reclaimer()::look);
    assertEquals(1, store.images.size());
  }
}
