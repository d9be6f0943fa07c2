package dev.berth.agent.reclaim;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.ReclaimableImages;
import dev.berth.agent.driver.ReclaimableImages.Held;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.DiskRoom;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks once a minute which images are used, and removes those that are not when their file system
/// is nearly full: one after the other, with a look at the disk after each, since images share
/// layers and nobody else knows what one of them gives back.
public final class ImageReclaimer implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ImageReclaimer.class);
  private static final long PERIOD_MILLIS = Duration.ofMinutes(1).toMillis();

  private final ReclaimableImages images;
  private final DiskRoom.Gauge disk;
  private final Supplier<Set<String>> needed;
  private final ReclaimRules rules;
  private final Told told;
  private final AgentClock clock;
  private final LastUses uses = new LastUses();
  private boolean stuck;

  /// Who is told what was done. Calls return at once.
  public interface Told {
    /// An image was removed.
    ///
    /// @param reclaimedBytes room that was free afterwards and not before, 0 or more
    /// @param why for people
    void removed(Held image, long reclaimedBytes, String why);

    /// The file system stays nearly full, because all that is left is needed. Told once, until that
    /// has changed.
    void full(String why);
  }

  /// @param needed references of images that instances need, whether their containers are there or
  ///     not
  public ImageReclaimer(
      ReclaimableImages images,
      DiskRoom.Gauge disk,
      Supplier<Set<String>> needed,
      ReclaimRules rules,
      Told told,
      AgentClock clock) {
    this.images = images;
    this.disk = disk;
    this.needed = needed;
    this.rules = rules;
    this.told = told;
    this.clock = clock;
  }

  @Override
  public void run() {
    try {
      while (true) {
        // At first, too: by then the agent knows what it is to run.
        clock.sleep(PERIOD_MILLIS);
        lookOrSay();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void lookOrSay() {
    try {
      look();
    } catch (DriverException e) {
      // A host without a runtime for containers is nothing to talk about each minute.
      LOG.debug("images of containers cannot be looked at: {}", e.failure().message());
    } catch (IOException e) {
      LOG.warn("the room for images of containers cannot be told: {}", e.toString());
    }
  }

  /// Does it once.
  ///
  /// @throws DriverException when it cannot be told what is there and needed: nothing more was
  ///     removed then
  /// @throws IOException when the room cannot be told
  public void look() throws DriverException, IOException {
    Optional<Path> directory = images.directory();
    if (directory.isEmpty()) {
      return;
    }
    // What instances need is asked for first: what comes later is younger than anything that goes.
    Set<String> pinned = images.ids(needed.get());
    var candidates = uses.observe(images.held(), pinned, clock.wall());
    DiskRoom room = disk.room(directory.get());
    if (!rules.isFull(room)) {
      stuck = false;
      return;
    }
    for (Held image : rules.order(candidates, pinned, clock.wall())) {
      if (rules.isEnough(room)) {
        break;
      }
      if (images.remove(image)) {
        DiskRoom after = disk.room(directory.get());
        told.removed(
            image,
            Math.max(0, after.usableBytes() - room.usableBytes()),
            why(directory.get(), room));
        room = after;
      }
    }
    boolean still = rules.isFull(room);
    if (still && !stuck) {
      told.full(
          "%s; no image is left that nothing needs: make room, or move instances elsewhere"
              .formatted(why(directory.get(), room)));
    }
    stuck = still;
  }

  private static String why(Path directory, DiskRoom room) {
    return "%s is %d %% full"
        .formatted(directory, Math.round(100.0 * room.usedBytes() / room.totalBytes()));
  }
}
