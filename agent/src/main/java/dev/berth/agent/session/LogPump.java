package dev.berth.agent.session;

import com.google.protobuf.Timestamp;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.LogReader;
import dev.berth.agent.port.AgentClock;
import dev.berth.v1.LogChunk;
import dev.berth.v1.LogStreamRequest;
import dev.berth.v1.StreamLogsRequest;
import io.grpc.Status;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/// Copies the output of one instance to one stream, over its restarts.
final class LogPump {
  private static final long SOON_MILLIS = 10;
  private static final long LINGER_MILLIS = 100;

  private final LogAccess logs;
  private final LogStreamRequest request;
  private final AttachedStream stream;
  private final AgentClock clock;

  LogPump(LogAccess logs, LogStreamRequest request, AttachedStream stream, AgentClock clock) {
    this.logs = logs;
    this.request = request;
    this.stream = stream;
    this.clock = clock;
  }

  /// Returns when all was sent, or the other end has gone away.
  void run() throws InterruptedException {
    try {
      copyAll();
      stream.complete();
    } catch (LogAccess.UnknownInstanceException e) {
      stream.fail(Status.Code.NOT_FOUND, String.valueOf(e.getMessage()));
    } catch (DriverException e) {
      stream.fail(e);
    }
  }

  private void copyAll()
      throws DriverException, LogAccess.UnknownInstanceException, InterruptedException {
    String id = request.getInstanceId();
    LogQuery query = query(request.getOptions());
    boolean more = true;
    while (more) {
      // Asked before the output is read to its end: what is written in between is not missed.
      boolean mayWrite = logs.mayWrite(id);
      Optional<LogReader> reader = logs.open(id, query);
      if (reader.isPresent()) {
        if (!copy(reader.get())) {
          return;
        }
        query = rest(query);
      }
      more = query.follow() && mayWrite && awaitRun(id);
    }
  }

  /// Copies until the output ends.
  ///
  /// @return false when the other end has gone away
  private boolean copy(LogReader reader) throws DriverException, InterruptedException {
    stream.onEnd(reader::close);
    try (reader) {
      for (Optional<LogChunk> next = reader.next(); next.isPresent(); next = reader.next()) {
        if (!stream.write(next.get())) {
          return false;
        }
      }
      return true;
    }
  }

  /// Waits until the program runs (again), or will not any more.
  ///
  /// @return false when the other end has gone away
  private boolean awaitRun(String id) throws InterruptedException {
    // The supervisor hears of the end that ended the output at about the same time.
    boolean there = stream.linger(SOON_MILLIS);
    while (there && logs.mayWrite(id) && !logs.runs(id)) {
      there = stream.linger(LINGER_MILLIS);
    }
    return there;
  }

  /// What follows the output that was read: that of later runs.
  private LogQuery rest(LogQuery query) {
    return new LogQuery(
        query.follow(),
        OptionalInt.empty(),
        Optional.of(clock.wall()),
        query.until(),
        query.timestamps());
  }

  private static LogQuery query(StreamLogsRequest options) {
    return new LogQuery(
        options.getFollow(),
        options.hasTailLines() ? OptionalInt.of(options.getTailLines()) : OptionalInt.empty(),
        options.hasSince() ? Optional.of(instant(options.getSince())) : Optional.empty(),
        options.hasUntil() ? Optional.of(instant(options.getUntil())) : Optional.empty(),
        options.getTimestamps(),
        options.getPosition());
  }

  private static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }
}
