package dev.berth.agent.reclaim;

import dev.berth.agent.driver.ReclaimableImages.Held;
import dev.berth.agent.driver.ReclaimableImages.Use;
import dev.berth.agent.port.DiskRoom;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// When images of containers go, and in which order: above one share of the file system, the least
/// recently used first, until another share. What may be nowhere else goes only when all that can
/// be fetched again is gone.
///
/// @param fullPercent the share above which images go, 1 to 100; 100: never
/// @param enoughPercent the share at which that ends, 0 to `fullPercent`
/// @param minimumAge how long an image stays after it came, whatever the need: it may have been
///     fetched for an instance that is just being made
public record ReclaimRules(int fullPercent, int enoughPercent, Duration minimumAge) {
  /// Above 85 %, until 80 %, and nothing that came in the last 5 minutes.
  public static final ReclaimRules USUAL = new ReclaimRules(85, 80, Duration.ofMinutes(5));

  /// An image, and when it was used last.
  ///
  /// @param lastUse when it was last seen in use; when it came, if it never was
  record Candidate(Held image, Instant lastUse) {}

  /// Whether so much room is used that images are to go.
  boolean isFull(DiskRoom room) {
    return room.isAbove(fullPercent);
  }

  /// Whether enough room is free again.
  boolean isEnough(DiskRoom room) {
    return !room.isAbove(enoughPercent);
  }

  /// Those that may go, in the order in which they do.
  ///
  /// @param needed ids of images that instances need, whether their containers are there or not
  List<Held> order(Collection<Candidate> images, Set<String> needed, Instant now) {
    Instant youngest = now.minus(minimumAge);
    return images.stream()
        .filter(each -> each.image().use() != Use.USED)
        .filter(each -> !needed.contains(each.image().id()))
        .filter(each -> each.image().since().isBefore(youngest))
        .sorted(
            Comparator.comparing((Candidate each) -> each.image().use())
                .thenComparing(Candidate::lastUse)
                .thenComparing(each -> each.image().id()))
        .map(Candidate::image)
        .toList();
  }
}
