package dev.berth.controller.core.model;

import java.util.Comparator;

/// A workload about which something is to be done at a time even if nothing happens until then.
///
/// @param atMillis when, in monotonic milliseconds
/// @param workload which
public record Wakeup(long atMillis, WorkloadKey workload) implements Comparable<Wakeup> {
  private static final Comparator<Wakeup> ORDER =
      Comparator.comparingLong(Wakeup::atMillis).thenComparing(Wakeup::workload);

  @Override
  public int compareTo(Wakeup other) {
    return ORDER.compare(this, other);
  }
}
