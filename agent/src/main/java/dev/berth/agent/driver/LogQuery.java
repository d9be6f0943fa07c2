package dev.berth.agent.driver;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/// What output is wanted.
///
/// @param follow goes on with new output until the program ends
/// @param tailLines only the last lines, from 1; empty: all that is kept
/// @param since only output since then; empty: all that is kept
/// @param until only output until then; empty: to its end
/// @param timestamps puts an RFC 3339 time before each line
/// @param position goes on there, as a piece of an earlier stream said; empty: it does not
public record LogQuery(
    boolean follow,
    OptionalInt tailLines,
    Optional<Instant> since,
    Optional<Instant> until,
    boolean timestamps,
    ByteString position) {
  /// From the beginning, or what else is wanted, to a time.
  public LogQuery(
      boolean follow,
      OptionalInt tailLines,
      Optional<Instant> since,
      Optional<Instant> until,
      boolean timestamps) {
    this(follow, tailLines, since, until, timestamps, ByteString.EMPTY);
  }

  /// To the end of the output.
  public LogQuery(
      boolean follow, OptionalInt tailLines, Optional<Instant> since, boolean timestamps) {
    this(follow, tailLines, since, Optional.empty(), timestamps);
  }

  /// Whether it leaves out the newest output.
  public boolean endsBefore(Instant now) {
    return until.filter(end -> end.isBefore(now)).isPresent();
  }
}
