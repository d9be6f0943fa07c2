package dev.berth.agent.driver.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.RunState;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/// Reads what the daemon says of a container's state.
///
/// A start is not followed by a question for the daemon's own start time, which would cost a call.
/// So the time before the call is used, and later answers that mean the same run are given that
/// very time: a run has one start time, whoever is asked.
final class ContainerStates {
  private static final int MOST_STARTS = 10_000;
  private static final Duration LONGEST_START = Duration.ofSeconds(60);

  /// The time in which a start happened.
  private record Start(Instant from, Instant to) {}

  private final ConcurrentMap<String, Start> starts = new ConcurrentHashMap<>();

  /// A start that is asked for, until [#settle].
  final class Starting {
    private final String containerId;
    private final @Nullable Start earlier;
    private final Instant from = Instant.now();

    private Starting(String containerId) {
      this.containerId = containerId;
      earlier = starts.get(containerId);
      if (starts.size() < MOST_STARTS) {
        starts.put(containerId, new Start(from, from.plus(LONGEST_START)));
      }
    }

    /// When it was asked for: the run's start time.
    Instant time() {
      return from;
    }

    /// The start was answered: it happened, or all is as it was before.
    void settle(boolean happened) {
      if (happened) {
        starts.computeIfPresent(containerId, (_, _) -> new Start(from, Instant.now()));
      } else if (earlier != null) {
        starts.put(containerId, earlier);
      } else {
        starts.remove(containerId);
      }
    }
  }

  /// A start is about to be asked for.
  Starting starting(String containerId) {
    return new Starting(containerId);
  }

  /// The container is gone.
  void forget(String containerId) {
    starts.remove(containerId);
  }

  /// A start time of the daemon, as told before.
  Instant startTime(String containerId, Instant said) {
    Start start = starts.get(containerId);
    return start != null && !said.isBefore(start.from()) && !said.isAfter(start.to())
        ? start.from()
        : said;
  }

  /// The state in an answer to inspect.
  ///
  /// @throws DriverException retryable, for a state that nobody knows: it is never guessed
  RunState of(String containerId, InspectContainerResponse answer) throws DriverException {
    InspectContainerResponse.ContainerState state = answer.getState();
    String status = state == null ? null : state.getStatus();
    if (state == null || status == null) {
      throw unknown(containerId, "none");
    }
    Instant started = startTime(containerId, time(state.getStartedAt()));
    return switch (status) {
      case "created" -> new RunState.Created();
      case "running", "restarting" -> new RunState.Running(started);
      case "paused" -> new RunState.Running(started, true);
      case "exited", "dead", "removing" -> exited(state, started);
      default -> throw unknown(containerId, status);
    };
  }

  private static RunState exited(InspectContainerResponse.ContainerState state, Instant started) {
    Long code = state.getExitCodeLong();
    String error = state.getError();
    return new RunState.Exited(
        code == null ? 255 : Math.clamp(code, 0, 255),
        Boolean.TRUE.equals(state.getOOMKilled()),
        started,
        time(state.getFinishedAt()),
        error == null ? "" : Refusals.words(error));
  }

  private static DriverException unknown(String containerId, String status) {
    return DriverException.retryable(
        "UnknownState",
        "docker says a state of container " + containerId + " that is not known: " + status,
        null);
  }

  /// The daemon's way to write times; its "never" is the year 1, ours the epoch.
  static Instant time(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return Instant.EPOCH;
    }
    try {
      Instant time = java.time.OffsetDateTime.parse(text).toInstant();
      return time.isBefore(Instant.EPOCH) ? Instant.EPOCH : time;
    } catch (DateTimeParseException _) {
      return Instant.EPOCH;
    }
  }
}
