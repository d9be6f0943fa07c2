package dev.berth.cli.up;

import dev.berth.spec.Printable;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// One supervised process: started, waited for, and started again when it dies, until the
/// supervisor lets go of it.
final class Child {
  private static final Duration POLL = Duration.ofMillis(20);
  private static final int SHOWN_LINES = 15;

  private final ChildSpec spec;
  private final ProcessTable table;
  private final Progress progress;
  private final CountDownLatch released = new CountDownLatch(1);
  private final BackOff backOff = new BackOff();

  Child(ChildSpec spec, ProcessTable table, Progress progress) {
    this.spec = spec;
    this.table = table;
    this.progress = progress;
  }

  /// Starts it and waits until it can be used.
  ///
  /// @throws StartFailure when it ended instead or took too long; the message has the end of its
  /// log
  void start() throws StartFailure, InterruptedException {
    long began = System.nanoTime();
    progress.note(spec.name() + ": starting");
    long offset = launch();
    while (!spec.readiness().ready(spec.log(), offset)) {
      if (released.getCount() == 0) {
        throw new StartFailure(spec.name() + ": stopped while it was starting");
      }
      if (running().isEmpty()) {
        throw failure("ended instead of becoming ready", offset);
      }
      if (since(began).compareTo(spec.startLimit()) > 0) {
        throw failure("not ready within " + spec.startLimit().toSeconds() + " s", offset);
      }
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
    }
    progress.ready(spec.name(), since(began));
  }

  /// Takes over one that runs already.
  void adopt() {
    progress.note(spec.name() + ": still runs, taken over");
  }

  /// From now on starts it again whenever it dies.
  void keepAlive() {
    Thread.ofVirtual().name("keeps " + spec.name()).start(this::superviseUntilReleased);
  }

  /// From now on lets it end.
  synchronized void release() {
    released.countDown();
  }

  private void superviseUntilReleased() {
    try {
      while (released.getCount() > 0) {
        long began = System.nanoTime();
        Optional<ProcessRef> running = running();
        if (running.isPresent()) {
          while (!running.get().awaitEnd(Duration.ofHours(1))) {}
        }
        Duration wait = backOff.after(since(began));
        if (released.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
        progress.note(
            spec.name()
                + ": died; started again after "
                + wait.toMillis()
                + " ms (log: "
                + spec.log().path()
                + ")");
        restart();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void restart() throws InterruptedException {
    try {
      start();
    } catch (StartFailure e) {
      progress.note(String.valueOf(e.getMessage()));
    }
  }

  private long launch() throws StartFailure {
    try {
      long offset = spec.log().prepare();
      // A session of its own: Ctrl-C in the terminal reaches the supervisor alone, which stops the
      // children in their order.
      List<String> command = new ArrayList<>(List.of("setsid"));
      command.addAll(spec.command());
      ProcessBuilder builder =
          new ProcessBuilder(command)
              // What a child drops where it stands, such as the report of a crash, lies by its log.
              .directory(spec.log().path().resolveSibling("").toFile())
              .redirectInput(new File("/dev/null"))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(spec.log().path().toFile()));
      builder.environment().putAll(spec.environment());
      synchronized (this) {
        if (released.getCount() > 0) {
          Process process = builder.start();
          ProcessRef.of(spec.name(), process.pid()).ifPresent(table::put);
        }
      }
      return offset;
    } catch (IOException e) {
      throw new StartFailure(spec.name() + ": cannot be started: " + e.getMessage(), e);
    }
  }

  private Optional<ProcessRef> running() {
    return table.running(spec.name());
  }

  private StartFailure failure(String what, long offset) {
    StringBuilder message =
        new StringBuilder(spec.name() + ": " + what + ". The end of " + spec.log().path() + ":");
    List<String> tail = spec.log().tail(offset, SHOWN_LINES);
    for (String line : tail) {
      message.append("\n  | ").append(Printable.escape(line));
    }
    if (tail.isEmpty()) {
      message.append("\n  (it wrote nothing)");
    }
    return new StartFailure(message.toString());
  }

  private static Duration since(long began) {
    return Duration.ofNanos(System.nanoTime() - began);
  }
}
