package dev.berth.agent.reclaim;

import dev.berth.agent.driver.ReclaimableImages.Held;
import dev.berth.agent.driver.ReclaimableImages.Use;
import dev.berth.agent.reclaim.ReclaimRules.Candidate;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// When images were used last, as far as this agent has seen it. What was used before it started is
/// known by the containers that are still there; of the rest counts when they came.
final class LastUses {
  private final Map<String, Instant> seen = new HashMap<>();

  /// Takes in what is there now, and forgets what is not.
  ///
  /// @param needed ids of images that instances need: they are in use, too
  List<Candidate> observe(List<Held> images, Set<String> needed, Instant now) {
    seen.keySet().retainAll(images.stream().map(Held::id).collect(Collectors.toSet()));
    for (Held image : images) {
      if (image.use() == Use.USED || needed.contains(image.id())) {
        seen.put(image.id(), now);
      }
    }
    return images.stream()
        .map(image -> new Candidate(image, seen.getOrDefault(image.id(), image.since())))
        .toList();
  }
}
