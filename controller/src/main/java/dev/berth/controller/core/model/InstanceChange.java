package dev.berth.controller.core.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What became of an instance over a whole turn.
///
/// @param before as it was; null: it is new
/// @param after as it is; null: it is gone
public record InstanceChange(@Nullable InstanceRecord before, @Nullable InstanceRecord after) {
  /// One of the two must be there.
  public InstanceChange {
    if (before == null && after == null) {
      throw new IllegalArgumentException("before, after: null (expected: at least one)");
    }
  }

  /// The instance as it is, or was last.
  public InstanceRecord last() {
    return after != null ? after : Objects.requireNonNull(before);
  }
}
