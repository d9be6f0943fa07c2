package dev.berth.simulation.runtime;

import java.util.OptionalLong;

/// What a program does, as its image says: "steady", "crash/SECONDS", "oom/SECONDS",
/// "batch/SECONDS", "slow/SECONDS" (to fetch), "stubborn" (ends only when killed).
record Behaviour(String kind, long seconds) {
  static Behaviour of(String image) {
    int slash = image.indexOf('/');
    return slash < 0
        ? new Behaviour(image, 0)
        : new Behaviour(image.substring(0, slash), Long.parseLong(image.substring(slash + 1)));
  }

  /// After how many nanoseconds it ends by itself.
  OptionalLong endsAfter() {
    return switch (kind) {
      case "crash", "oom", "batch" -> OptionalLong.of(seconds * 1_000_000_000L);
      default -> OptionalLong.empty();
    };
  }

  int exitCode() {
    return switch (kind) {
      case "batch" -> 0;
      case "oom" -> 137;
      default -> 1;
    };
  }

  boolean outOfMemory() {
    return kind.equals("oom");
  }

  long fetchNanos() {
    return kind.equals("slow") ? seconds * 1_000_000_000L : 0;
  }

  boolean isStubborn() {
    return kind.equals("stubborn");
  }
}
