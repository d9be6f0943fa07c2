package dev.berth.agent.image;

import java.time.Instant;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.TreeSet;

/// An image of the store, as it was at one time.
///
/// @param names that mean it; none: it was fetched by its URL, or its name means another one now
/// @param bytes length of its file
/// @param lastUse when it came or was used last
public record ListedImage(
    StoredImage image, NavigableSet<String> names, long bytes, Instant lastUse) {
  /// Copies the names.
  public ListedImage {
    names = Collections.unmodifiableNavigableSet(new TreeSet<>(names));
  }
}
