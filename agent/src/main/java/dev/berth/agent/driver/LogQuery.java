package dev.berth.agent.driver;

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
public record LogQuery(
    boolean follow,
    OptionalInt tailLines,
    Optional<Instant> since,
    Optional<Instant> until,
    boolean timestamps) {
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
