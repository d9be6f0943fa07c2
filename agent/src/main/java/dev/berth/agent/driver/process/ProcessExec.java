package dev.berth.agent.driver.process;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Execution;
import dev.berth.agent.port.HostCommands;
import dev.berth.v1.LogChunk;
import dev.berth.v1.TerminalSize;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A command among the processes of an instance. It is the leader of a session of its own.
final class ProcessExec implements Execution {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessExec.class);
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Process process;
  private final CommandStreams streams;
  private final OutputQueue output;
  private final boolean terminal;
  private final boolean input;
  private final HostCommands commands;
  private final AtomicBoolean over = new AtomicBoolean();

  /// @param output where what it writes arrives
  /// @param terminal whether it has one
  /// @param input whether it takes input
  /// @param commands sends signals
  ProcessExec(
      Process process,
      CommandStreams streams,
      OutputQueue output,
      boolean terminal,
      boolean input,
      HostCommands commands) {
    this.process = process;
    this.streams = streams;
    this.output = output;
    this.terminal = terminal;
    this.input = input;
    this.commands = commands;
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
      return output.take();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  @Override
  public void write(ByteString bytes) throws DriverException {
    try {
      streams.write(bytes);
    } catch (IOException e) {
      LOG.debug("process {} takes no input: {}", process.pid(), e.toString());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void endInput() {
    try {
      streams.endInput();
    } catch (IOException e) {
      LOG.debug("process {} has ended: {}", process.pid(), e.toString());
    }
  }

  @Override
  public void resize(TerminalSize size) {
    streams.resize(size);
  }

  @Override
  public int exitCode() throws InterruptedException {
    int code = process.waitFor();
    over.set(true);
    return code;
  }

  @Override
  public void leave() {
    over.set(true);
  }

  @Override
  public void close() {
    output.close();
    if (over.compareAndSet(false, true)) {
      var _ = Thread.ofVirtual().name("process-exec-end").start(this::end);
    } else {
      streams.drop();
    }
  }

  private void end() {
    try {
      signal("HUP");
      if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        signal("KILL");
      }
      streams.drop();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// To all that it started in its session's first group.
  private void signal(String name) throws InterruptedException {
    try {
      HostCommands.Output said =
          commands.run(List.of("sh", "-c", "kill -s \"$0\" -- \"-$1\"", name, "" + process.pid()));
      if (!said.isGood()) {
        LOG.debug("process {} takes no SIG{}: {}", process.pid(), name, said.text().strip());
      }
    } catch (IOException e) {
      LOG.warn("process {} cannot be ended: {}", process.pid(), e.getMessage());
    }
  }
}
