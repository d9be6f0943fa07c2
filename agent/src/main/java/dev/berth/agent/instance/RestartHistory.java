package dev.berth.agent.instance;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// What the restart policy needs to remember of an instance. Times are monotonic milliseconds.
///
/// @param restarts how often the agent started the program again
/// @param times when the policy restarted it, ascending, not older than the policy's window
/// @param quickEnds how many runs in a row ended within 10 s
/// @param waitMillis the last wait before a restart, 0 when there was none
/// @param dueMillis when the next restart is due; empty when none is
public record RestartHistory(
    int restarts, List<Long> times, int quickEnds, long waitMillis, OptionalLong dueMillis) {
  /// Of an instance that never ended.
  public static final RestartHistory NONE =
      new RestartHistory(0, List.of(), 0, 0, OptionalLong.empty());

  public RestartHistory {
    times = List.copyOf(times);
  }

  /// The history after the policy's restart was carried out.
  RestartHistory restarted(long nowMillis) {
    List<Long> more = Stream.concat(times.stream(), Stream.of(nowMillis)).toList();
    return new RestartHistory(restarts + 1, more, quickEnds, waitMillis, OptionalLong.empty());
  }

  /// The history after a restart that a user asked for: it costs nothing of the budget.
  RestartHistory restartedByUser() {
    return new RestartHistory(restarts + 1, List.of(), 0, 0, OptionalLong.empty());
  }

  /// The history without a due restart: someone else started the program.
  RestartHistory withoutDue() {
    return new RestartHistory(restarts, times, quickEnds, waitMillis, OptionalLong.empty());
  }

  /// The history as it is after the agent itself was restarted: times in the future, which a
  /// damaged clock could have left, count as now.
  RestartHistory readAt(long nowMillis) {
    List<Long> sane = times.stream().map(time -> Math.min(time, nowMillis)).toList();
    OptionalLong due =
        dueMillis.isPresent()
            ? OptionalLong.of(Math.min(dueMillis.getAsLong(), nowMillis + waitMillis))
            : dueMillis;
    return new RestartHistory(restarts, sane, quickEnds, waitMillis, due);
  }
}
