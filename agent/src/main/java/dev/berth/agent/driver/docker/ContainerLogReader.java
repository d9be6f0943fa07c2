package dev.berth.agent.driver.docker;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.LogReader;
import dev.berth.v1.LogChunk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The output of one container. A stream that breaks off is opened again where it broke off.
///
/// With follow, the end is the end of the program's run. When the container is started again, a
/// further call of [#next] goes on where the earlier run ended.
final class ContainerLogReader implements LogReader {
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final String VANISHED = "Vanished";
  private static final int MOST_FAILURES = 5;
  private static final int MOST_ERROR_BYTES = 4 << 10;

  private final DockerApi api;
  private final String containerId;
  private final LogQuery query;
  private final boolean terminal;
  private final LogFrames frames;
  private boolean draining;
  private volatile boolean closed;
  private volatile @Nullable DaemonStream stream;

  private ContainerLogReader(DockerApi api, String containerId, LogQuery query, boolean terminal) {
    this.api = api;
    this.containerId = containerId;
    this.query = query;
    this.terminal = terminal;
    frames = new LogFrames(query.timestamps());
  }

  /// @param terminal whether the program has one
  static ContainerLogReader open(
      DockerApi api, String containerId, LogQuery query, boolean terminal) throws DriverException {
    ContainerLogReader reader = new ContainerLogReader(api, containerId, query, terminal);
    if (!query.position().isEmpty()) {
      reader.frames.goOn(LogPosition.decode(query.position()));
    }
    var _ = reader.connect();
    return reader;
  }

  @Override
  public Optional<LogChunk> next() throws DriverException {
    for (int failures = 0; !closed; ) {
      try {
        if (stream == null) {
          var _ = connect();
        }
        Optional<LogChunk> chunk = frames.next();
        if (chunk.isPresent()) {
          return chunk;
        }
        release();
        // The daemon may end its following before it has told the last lines: they are asked for.
        draining = query.follow() && !draining;
        if (!draining) {
          return chunk;
        }
      } catch (DriverException e) {
        if (draining && e.failure().reason().equals(VANISHED)) {
          draining = false; // it was removed after its last line
          return Optional.empty();
        }
        throw e;
      } catch (IOException e) {
        release();
        if (closed) {
          break;
        }
        if (++failures == MOST_FAILURES) {
          throw api.unavailable(e);
        }
        pause();
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    closed = true;
    release();
  }

  private DaemonStream connect() throws DriverException {
    DaemonStream opened = api.stream("GET", target(), "", ANSWER_LIMIT);
    boolean ready = false;
    try {
      if (opened.status() != 200) {
        String words =
            new String(opened.body().readNBytes(MOST_ERROR_BYTES), StandardCharsets.UTF_8);
        throw DriverException.permanent(
            opened.status() == 404 ? VANISHED : "LogsUnavailable", Refusals.words(words), null);
      }
      if (follows()) {
        opened.silence(Duration.ZERO); // a program may have nothing to say
      }
      frames.resume(terminal ? new TerminalLog(opened.body()) : opened.body());
      stream = opened;
      ready = !closed;
      return opened;
    } catch (IOException e) {
      throw api.unavailable(e);
    } finally {
      if (!ready) {
        opened.close();
      }
    }
  }

  private boolean follows() {
    return query.follow() && !draining;
  }

  /// Times are always asked for: they are the position from which to go on.
  private String target() {
    StringBuilder target =
        new StringBuilder("/containers/")
            .append(containerId)
            .append("/logs?stdout=1&stderr=1&timestamps=1&follow=")
            .append(follows() ? 1 : 0);
    Optional<Instant> position = frames.position();
    Optional<Instant> since = position.or(query::since);
    since.ifPresent(time -> target.append("&since=").append(seconds(time)));
    query.until().ifPresent(time -> target.append("&until=").append(seconds(time)));
    if (position.isEmpty() && query.tailLines().isPresent()) {
      target.append("&tail=").append(query.tailLines().getAsInt());
    }
    return target.toString();
  }

  private static String seconds(Instant time) {
    return "%d.%09d".formatted(time.getEpochSecond(), time.getNano());
  }

  private void release() {
    DaemonStream open = stream;
    stream = null;
    if (open != null) {
      open.close();
    }
  }

  private void pause() throws DriverException {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DriverException.retryable("Interrupted", "reading the output was interrupted", e);
    }
  }
}
