package dev.berth.agent.driver.docker;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.ProgramStream;
import dev.berth.v1.LogChunk;
import dev.berth.v1.TerminalSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A connection to the daemon that carries a program's streams.
final class ContainerStream implements ProgramStream {
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
  private static final int MOST_ERROR_BYTES = 4 << 10;

  private final DaemonStream stream;
  private final OutputFrames frames;
  private final boolean terminal;
  private final boolean input;
  private final Consumer<TerminalSize> onResize;
  private volatile boolean closed;

  private ContainerStream(
      DaemonStream stream, boolean terminal, boolean input, Consumer<TerminalSize> onResize) {
    this.stream = stream;
    this.frames = new OutputFrames(stream.body(), terminal);
    this.terminal = terminal;
    this.input = input;
    this.onResize = onResize;
  }

  /// Asks for one.
  ///
  /// @param target path and query
  /// @param json content of the request
  /// @param onResize tells the daemon another size
  /// @throws DriverException with the reason `refused`, when the daemon refuses
  static ContainerStream open(
      DockerApi api,
      String target,
      String json,
      boolean terminal,
      boolean input,
      String refused,
      Consumer<TerminalSize> onResize)
      throws DriverException {
    DaemonStream opened =
        api.stream(
            "POST",
            target,
            "Content-Type: application/json\r\n",
            json.getBytes(StandardCharsets.UTF_8),
            ANSWER_LIMIT);
    boolean ready = false;
    try {
      if (opened.status() != 200) {
        String words =
            new String(opened.body().readNBytes(MOST_ERROR_BYTES), StandardCharsets.UTF_8);
        throw DriverException.permanent(refused, Refusals.words(words), null);
      }
      opened.silence(Duration.ZERO); // a program may have nothing to say
      ContainerStream made = new ContainerStream(opened, terminal, input, onResize);
      if (!input) {
        made.endInput();
      }
      ready = true;
      return made;
    } catch (IOException e) {
      throw api.unavailable(e);
    } finally {
      if (!ready) {
        opened.close();
      }
    }
  }

  @Override
  public boolean isTerminal() {
    return terminal;
  }

  @Override
  public boolean takesInput() {
    return input;
  }

  @Override
  public Optional<LogChunk> read() throws DriverException {
    try {
      return frames.next();
    } catch (IOException e) {
      if (closed) {
        return Optional.empty();
      }
      throw broken(e);
    }
  }

  private static DriverException broken(@Nullable Exception cause) {
    return DriverException.retryable(
        "RuntimeUnavailable", "the connection to docker broke; see whether the daemon runs", cause);
  }

  @Override
  public void write(ByteString bytes) throws DriverException {
    try {
      stream.write(bytes.asReadOnlyByteBuffer());
    } catch (IOException _) {
      // It has ended, or is closed: whoever reads finds out which.
    }
  }

  @Override
  public void endInput() {
    try {
      stream.endWrites();
    } catch (IOException _) {
      return; // it has ended
    }
  }

  @Override
  public void resize(TerminalSize size) {
    if (terminal && !closed) {
      onResize.accept(size);
    }
  }

  @Override
  public void close() {
    closed = true;
    stream.close();
  }
}
