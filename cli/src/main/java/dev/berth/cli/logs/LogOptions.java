package dev.berth.cli.logs;

import com.google.protobuf.Timestamp;
import org.jspecify.annotations.Nullable;

/// What output is wanted.
///
/// @param follow goes on with new output
/// @param tail only the last lines; null: all that is kept
/// @param since only output since then; null: all that is kept
/// @param until only output until then; null: to its end
/// @param timestamps puts the time before each line
public record LogOptions(
    boolean follow,
    @Nullable Integer tail,
    @Nullable Timestamp since,
    @Nullable Timestamp until,
    boolean timestamps) {
  /// Everything, as it comes.
  public static final LogOptions LIVE = new LogOptions(true, null, null, null, false);

  /// The same, of all lines.
  LogOptions withoutTail() {
    return new LogOptions(follow, null, since, until, timestamps);
  }
}
