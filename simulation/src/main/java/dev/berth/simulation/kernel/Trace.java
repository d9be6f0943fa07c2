package dev.berth.simulation.kernel;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A hash over everything that happened, and the same as text when someone reads it. Two runs with
/// the same hash did the same.
public final class Trace {
  private final @Nullable Consumer<String> reader;
  private long hash = 0x51ED270B27A1F9C3L;
  private long events;

  /// @param reader is given each line; null: nobody reads
  public Trace(@Nullable Consumer<String> reader) {
    this.reader = reader;
  }

  /// Notes that something happened.
  ///
  /// @param now nanoseconds since the simulation began
  /// @param what one or two words
  /// @param whom to whom or by whom
  /// @param value whatever tells this event from others like it
  public void note(long now, String what, String whom, long value) {
    mix(now);
    mix(what.hashCode());
    mix(whom.hashCode());
    mix(value);
    events++;
    if (reader != null) {
      reader.accept("%12.6f  %-22s %-28s %d".formatted(now / 1e9, what, whom, value));
    }
  }

  /// Adds text for readers alone, which is not part of the hash.
  public void remark(long now, String text) {
    if (reader != null) {
      reader.accept("%12.6f  # %s".formatted(now / 1e9, text));
    }
  }

  /// Whether remarks are read.
  public boolean isRead() {
    return reader != null;
  }

  /// The hash of all that was noted.
  public long hash() {
    return hash;
  }

  /// How much was noted.
  public long events() {
    return events;
  }

  private void mix(long value) {
    long mixed = (hash ^ value) * 0xFF51AFD7ED558CCDL;
    hash = mixed ^ (mixed >>> 32);
  }
}
