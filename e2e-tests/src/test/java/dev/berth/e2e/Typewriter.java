package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Command;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// A person at a real terminal, which `script` makes, who runs one command.
final class Typewriter implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Process terminal;
  private final StringBuilder shown = new StringBuilder();
  private int seen;
  private boolean dark;

  private Typewriter(Process terminal) {
    this.terminal = terminal;
    var _ = Thread.ofVirtual().name("screen").start(this::watch);
  }

  private void watch() {
    try (Reader screen = new InputStreamReader(terminal.getInputStream(), StandardCharsets.UTF_8)) {
      char[] some = new char[4096];
      for (int count = screen.read(some); count >= 0; count = screen.read(some)) {
        synchronized (shown) {
          shown.append(some, 0, count);
          shown.notifyAll();
        }
      }
    } catch (IOException _) {
      // As good as its end.
    }
    synchronized (shown) {
      dark = true;
      shown.notifyAll();
    }
  }

  /// Runs a command on a terminal of 24 lines of 80 characters.
  ///
  /// @param before shell commands that are run before it on the same terminal; may be empty
  static Typewriter at(Command command, String before) {
    String line =
        command.words().stream()
            .map(word -> "'" + word.replace("'", "'\\''") + "'")
            .collect(Collectors.joining(" "));
    String session = "stty rows 24 cols 80; " + before + " " + line;
    ProcessBuilder script =
        new ProcessBuilder(List.of("script", "-qec", session, "/dev/null"))
            .redirectErrorStream(true);
    Map<String, String> environment = script.environment();
    environment.putAll(command.environment());
    environment.put("TERM", "xterm");
    try {
      return new Typewriter(script.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Presses keys.
  Typewriter type(String keys) {
    try {
      terminal.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
      terminal.getOutputStream().flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits until something new is shown.
  ///
  /// @return what was shown since the last wait, up to it
  String await(String wanted) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    synchronized (shown) {
      int at = shown.indexOf(wanted, seen);
      while (at < 0) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        assertTrue(!dark && left > 0, () -> "not shown: " + wanted + "\n" + shown);
        try {
          shown.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new AssertionError("interrupted", e);
        }
        at = shown.indexOf(wanted, seen);
      }
      String text = shown.substring(seen, at + wanted.length());
      seen = at + wanted.length();
      return text;
    }
  }

  /// Waits for the end of the command.
  ///
  /// @return its exit code
  int awaitEnd() {
    try {
      assertTrue(
          terminal.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS),
          () -> "it does not end\n" + shown());
      return terminal.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /// All that was shown.
  String shown() {
    synchronized (shown) {
      return shown.toString();
    }
  }

  @Override
  public void close() {
    terminal.descendants().forEach(ProcessHandle::destroyForcibly);
    terminal.destroyForcibly();
  }
}
