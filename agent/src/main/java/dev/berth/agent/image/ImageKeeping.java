package dev.berth.agent.image;

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

  /// Room on the store's file system.
  ///
  /// @param totalBytes in all
  /// @param usableBytes that may still be written
  record Room(long totalBytes, long usableBytes) {}

  /// Those to remove, the least recently used first.
  ///
  /// @param needed digests of images that machines need
  List<ListedImage> surplus(
      Collection<ListedImage> images, Set<String> needed, Room room, Instant now) {
    List<ListedImage> candidates =
        images.stream()
            .filter(each -> each.names().isEmpty() && !needed.contains(each.image().digest()))
            .filter(each -> each.lastUse().isBefore(now.minus(GRACE)))
            .sorted(Comparator.comparing(ListedImage::lastUse))
            .toList();
    long used = room.totalBytes() - room.usableBytes();
    boolean full = isAbove(used, FULL_PERCENT, room);
    List<ListedImage> surplus = new ArrayList<>();
    for (ListedImage each : candidates) {
      boolean old = each.lastUse().isBefore(now.minus(unused));
      if (old || (full && isAbove(used, ENOUGH_PERCENT, room))) {
        surplus.add(each);
        used -= each.bytes();
      }
    }
    return surplus;
  }

  private static boolean isAbove(long used, int percent, Room room) {
    // As a fraction: a hundred times the bytes of a large disk may be too large a number.
    return room.totalBytes() > 0 && (double) used / room.totalBytes() > percent / 100.0;
  }
}
