package dev.berth.agent.driver.libvirt;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.ExecCapable;
import dev.berth.agent.driver.Execution;
import dev.berth.agent.driver.Failure;
import dev.berth.v1.LogChunk;
import dev.berth.v1.LogSource;
import dev.berth.v1.OpenExec;
import dev.berth.v1.TerminalSize;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A command that a machine's guest agent runs. The agent takes all input before it starts it, and
/// tells its output when it has ended: until then nothing is read.
final class GuestCommand implements Execution {
  /// Bytes of input, which wait in memory.
  static final int INPUT_MAX = 1 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(GuestCommand.class);
  private static final int NOT_FOUND = 127;
  private static final int NOT_EXECUTABLE = 126;
  private static final long FIRST_LOOK_MILLIS = 10;
  private static final long LAST_LOOK_MILLIS = 500;
  private static final String END =
      "kill -s HUP \"$0\" && for i in 1 2 3 4 5 6 7 8 9 10; do sleep 1; kill -0 \"$0\" || exit 0;"
          + " done && kill -s KILL \"$0\"";

  private final GuestAgent agent;
  private final List<String> words;
  private final boolean heard;
  private final boolean takesInput;
  private final Deque<LogChunk> output = new ArrayDeque<>();
  private ByteString input = ByteString.EMPTY;
  private boolean inputEnded;
  private boolean closed;
  private boolean left;
  private boolean over;
  private OptionalLong pid = OptionalLong.empty();
  private Optional<Integer> exitCode = Optional.empty();

  private GuestCommand(GuestAgent agent, OpenExec command) {
    this.agent = agent;
    this.words = words(command);
    this.heard = !command.getDetach();
    this.takesInput = command.getInput();
  }

  /// Starts a command; one that takes input starts when all of that has come.
  ///
  /// @throws DriverException also for what a guest agent cannot do: a terminal, another user
  static GuestCommand start(GuestAgent agent, OpenExec command) throws DriverException {
    if (command.getTerminal()) {
      throw refusal("-t: a guest agent has no terminals; 'berth console' is one");
    }
    if (!command.getUser().isEmpty()) {
      throw refusal("-u: a guest agent runs commands as its own user; use su in the command");
    }
    GuestCommand made = new GuestCommand(agent, command);
    if (!made.takesInput) {
      made.endInput();
      made.begin();
    }
    return made;
  }

  private static DriverException refusal(String why) {
    return DriverException.permanent("ExecRefused", why, null);
  }

  /// The agent would replace the whole environment, and knows no directories.
  private static List<String> words(OpenExec command) {
    List<String> words = new ArrayList<>();
    if (!command.getWorkingDir().isEmpty()) {
      String enter = "cd \"$0\" && exec \"$@\"";
      words.addAll(List.of("sh", "-c", enter, command.getWorkingDir()));
    }
    if (command.getEnvCount() > 0) {
      words.add("env");
      command.getEnvMap().forEach((name, value) -> words.add(name + "=" + value));
    }
    words.addAll(command.getCommandList());
    return words;
  }

  private void begin() throws DriverException {
    ByteString all;
    synchronized (this) {
      all = input;
    }
    long started = agent.start(words, all, heard);
    boolean late;
    synchronized (this) {
      pid = OptionalLong.of(started);
      input = ByteString.EMPTY;
      late = closed && !left;
    }
    if (late) {
      // Whoever went away while it was being started could not end it yet.
      endInBackground(started);
    }
  }

  @Override
  public boolean isTerminal() {
    return false;
  }

  @Override
  public boolean takesInput() {
    return takesInput;
  }

  @Override
  public Optional<LogChunk> read() throws DriverException {
    try {
      if (!awaitInput()) {
        return Optional.empty();
      }
      if (pid.isEmpty() && exitCode.isEmpty()) {
        beginLate();
      }
      if (exitCode.isEmpty()) {
        awaitEnd();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DriverException.retryable("Interrupted", "the wait for the command ended", e);
    }
    synchronized (this) {
      return Optional.ofNullable(output.poll());
    }
  }

  /// The other end waits for output already: a command that cannot be executed is told as such.
  private void beginLate() throws DriverException {
    try {
      begin();
    } catch (DriverException e) {
      String reason = e.failure() instanceof Failure.Permanent(String why, _) ? why : "";
      switch (reason) {
        case ExecCapable.NOT_FOUND -> ended(NOT_FOUND, e);
        case ExecCapable.NOT_EXECUTABLE -> ended(NOT_EXECUTABLE, e);
        default -> throw e;
      }
    }
  }

  private synchronized void ended(int code, DriverException why) {
    exitCode = Optional.of(code);
    over = true;
    keep(
        ByteString.copyFromUtf8("berth: " + why.failure().message() + "\n"),
        LogSource.LOG_SOURCE_STDERR);
  }

  /// @return false when it was closed
  private synchronized boolean awaitInput() throws InterruptedException {
    while (!inputEnded && !closed) {
      wait();
    }
    return !closed;
  }

  private void awaitEnd() throws DriverException, InterruptedException {
    for (long pause = FIRST_LOOK_MILLIS; exitCode.isEmpty(); pause = longer(pause)) {
      GuestAgent.Status now = agent.look(pid.orElseThrow());
      synchronized (this) {
        if (now.exitCode().isPresent()) {
          exitCode = now.exitCode();
          over = true;
          keep(now);
          return;
        }
        if (closed) {
          return;
        }
        wait(pause);
      }
    }
  }

  private static long longer(long pause) {
    return Math.min(LAST_LOOK_MILLIS, 2 * pause);
  }

  private void keep(GuestAgent.Status now) {
    keep(now.output(), LogSource.LOG_SOURCE_STDOUT);
    keep(now.errorOutput(), LogSource.LOG_SOURCE_STDERR);
    if (now.cut()) {
      keep(
          ByteString.copyFromUtf8(
              "berth: the guest agent kept only the first part of the output\n"),
          LogSource.LOG_SOURCE_STDERR);
    }
  }

  private void keep(ByteString bytes, LogSource source) {
    for (int at = 0; at < bytes.size(); at += PIECE_MAX) {
      ByteString piece = bytes.substring(at, Math.min(bytes.size(), at + PIECE_MAX));
      output.add(LogChunk.newBuilder().setSource(source).setData(piece).build());
    }
  }

  @Override
  public synchronized void write(ByteString more) throws DriverException {
    if (input.size() + more.size() > INPUT_MAX) {
      throw refusal("a guest agent takes at most 1 MiB of input: copy it into the guest instead");
    }
    input = input.concat(more);
  }

  @Override
  public synchronized void endInput() {
    inputEnded = true;
    notifyAll();
  }

  @Override
  public void resize(TerminalSize size) {}

  @Override
  public int exitCode() throws DriverException {
    return exitCode.orElseThrow(
        () -> DriverException.retryable("Left", "nobody waits for the command any more", null));
  }

  @Override
  public synchronized void leave() {
    left = true;
    over = true;
  }

  @Override
  public void close() {
    OptionalLong running;
    synchronized (this) {
      closed = true;
      running = over ? OptionalLong.empty() : pid;
      over = true;
      notifyAll();
    }
    running.ifPresent(this::endInBackground);
  }

  private void endInBackground(long running) {
    var _ = Thread.ofVirtual().name("guest-exec-end").start(() -> end(Long.toString(running)));
  }

  private void end(String number) {
    try {
      var _ = agent.start(List.of("sh", "-c", END, number), ByteString.EMPTY, false);
    } catch (DriverException e) {
      LOG.debug("a command in machine {} cannot be ended: {}", agent.machine(), e.getMessage());
    }
  }
}
