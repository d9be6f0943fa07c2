package dev.berth.simulation.check;

import java.util.Map;
import java.util.TreeMap;

/// When something last happened to each of several, in nanoseconds since the beginning.
final class Instants {
  private static final long NEVER = Long.MIN_VALUE / 2;

  private final Map<String, Long> last = new TreeMap<>();

  void set(String whom, long now) {
    last.put(whom, now);
  }

  long get(String whom) {
    return last.getOrDefault(whom, NEVER);
  }

  void clear(String whom) {
    last.remove(whom);
  }

  boolean has(String whom) {
    return last.containsKey(whom);
  }
}
