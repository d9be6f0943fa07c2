package dev.berth.agent.image;

import dev.berth.agent.port.DiskRoom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// How long images are kept that nobody gave a name and no machine needs: so long after their last
/// use, or shorter where the file system is nearly full. Images that have a name stay until someone
/// removes them.
///
/// @param unused how long after the last use
record ImageKeeping(Duration unused) {
  /// Images of a machine that is just being made are not noted with it yet.
  static final Duration GRACE = Duration.ofHours(1);

  private static final int FULL_PERCENT = 85;
  private static final int ENOUGH_PERCENT = 80;

  /// Those to remove, the least recently used first.
  ///
  /// @param needed digests of images that machines need
  List<ListedImage> surplus(
      Collection<ListedImage> images, Set<String> needed, DiskRoom room, Instant now) {
    List<ListedImage> candidates =
        images.stream()
            .filter(each -> each.names().isEmpty() && !needed.contains(each.image().digest()))
            .filter(each -> each.lastUse().isBefore(now.minus(GRACE)))
            .sorted(Comparator.comparing(ListedImage::lastUse))
            .toList();
    DiskRoom left = room;
    boolean full = room.isAbove(FULL_PERCENT);
    List<ListedImage> surplus = new ArrayList<>();
    for (ListedImage each : candidates) {
      boolean old = each.lastUse().isBefore(now.minus(unused));
      if (old || (full && left.isAbove(ENOUGH_PERCENT))) {
        surplus.add(each);
        left = left.without(each.bytes());
      }
    }
    return surplus;
  }
}
