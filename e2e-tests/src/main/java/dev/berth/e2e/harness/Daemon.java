package dev.berth.e2e.harness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A process in the background, with its outputs in files.
public final class Daemon implements AutoCloseable {
  private final String name;
  private final Process process;
  private final Path out;
  private final Path err;

  private Daemon(String name, Process process, Path out, Path err) {
    this.name = name;
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /// Starts one.
  ///
  /// @param name of its files, `NAME.out` and `NAME.err`, which start anew
  /// @param environment added to our own
  public static Daemon start(
      Path logs, String name, List<String> command, Map<String, String> environment) {
    return start(
        logs, name, command, environment, ProcessBuilder.Redirect.from(new File("/dev/null")));
  }

  /// Starts one whose input is written with [#type].
  ///
  /// @param name of its files, `NAME.out` and `NAME.err`, which start anew
  /// @param environment added to our own
  public static Daemon startTyped(
      Path logs, String name, List<String> command, Map<String, String> environment) {
    return start(logs, name, command, environment, ProcessBuilder.Redirect.PIPE);
  }

  private static Daemon start(
      Path logs,
      String name,
      List<String> command,
      Map<String, String> environment,
      ProcessBuilder.Redirect input) {
    Path out = logs.resolve(name + ".out");
    Path err = logs.resolve(name + ".err");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectInput(input);
    builder.redirectOutput(out.toFile());
    builder.redirectError(err.toFile());
    try {
      return new Daemon(name, builder.start(), out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Process id.
  public long pid() {
    return process.pid();
  }

  /// Whether it still runs.
  public boolean isAlive() {
    return process.isAlive();
  }

  /// All that it wrote to stdout so far.
  public String out() {
    return text(out);
  }

  /// All that it wrote to stderr so far.
  public String err() {
    return text(err);
  }

  /// Writes to its stdin.
  public void type(String text) {
    try {
      process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits for a whole line on stdout.
  ///
  /// @throws AssertionError with what it said, when it ends or the limit passes before
  public String awaitLine(String prefix, Duration limit) {
    return awaitAnyLine(List.of(prefix), limit);
  }

  /// Waits for the first whole line on stdout that begins with one of these.
  ///
  /// @throws AssertionError with what it said, when it ends or the limit passes before
  public String awaitAnyLine(List<String> prefixes, Duration limit) {
    Eventually.within(
        limit,
        name + " says " + String.join("or ", prefixes),
        () -> {
          // Asked first: what it wrote before it ended is read after.
          boolean ended = !process.isAlive();
          return new Said(firstLine(prefixes), ended, this);
        },
        said -> said.line().isPresent() || said.ended());
    return firstLine(prefixes)
        .orElseThrow(
            () ->
                new AssertionError(
                    name + " ended before it said " + String.join("or ", prefixes) + ": " + this));
  }

  private record Said(Optional<String> line, boolean ended, Daemon by) {}

  /// Kills it with SIGKILL and waits for its end.
  public void kill() {
    process.destroyForcibly();
    awaitEnd(Duration.ofSeconds(10));
  }

  /// Ends it with SIGTERM, and with SIGKILL after a limit.
  ///
  /// @return whether it ended by itself
  public boolean terminate(Duration limit) {
    process.destroy();
    try {
      if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return true;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    kill();
    return false;
  }

  /// Sends a signal such as "STOP" or "CONT".
  public void signal(String signal) {
    Command.of("kill", "-" + signal, Long.toString(pid())).output();
  }

  /// Waits for its end.
  ///
  /// @return its exit code
  public int awaitEnd(Duration limit) {
    Eventually.within(limit, name + " has ended", process::isAlive, alive -> !alive);
    return process.exitValue();
  }

  @Override
  public void close() {
    terminate(Duration.ofSeconds(15));
  }

  @Override
  public String toString() {
    return name
        + (isAlive() ? " (running)" : " (exit code " + process.exitValue() + ")")
        + "\n--- stdout\n"
        + out()
        + "\n--- stderr\n"
        + err();
  }

  private Optional<String> firstLine(List<String> prefixes) {
    String text = out();
    return text.substring(0, text.lastIndexOf('\n') + 1)
        .lines()
        .filter(line -> prefixes.stream().anyMatch(line::startsWith))
        .findFirst();
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
