package dev.berth.e2e.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// A program to run to its end, with its output captured.
///
/// @param words program and arguments
/// @param environment added to our own
/// @param input sent to stdin, which then ends
/// @param limit after which it is killed and the run fails
public record Command(
    List<String> words, Map<String, String> environment, String input, Duration limit) {
  private static final Duration DEFAULT_LIMIT = Duration.ofSeconds(60);

  /// Copies the collections.
  public Command {
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
  }

  /// A command without input that may take a minute.
  public static Command of(String... words) {
    return of(List.of(words));
  }

  /// A command without input that may take a minute.
  public static Command of(List<String> words) {
    return new Command(words, Map.of(), "", DEFAULT_LIMIT);
  }

  /// The same with more environment.
  public Command with(Map<String, String> more) {
    Map<String, String> all = new TreeMap<>(environment);
    all.putAll(more);
    return new Command(words, all, input, limit);
  }

  /// The same with other input.
  public Command reading(String text) {
    return new Command(words, environment, text, limit);
  }

  /// The same with another limit.
  public Command within(Duration time) {
    return new Command(words, environment, input, time);
  }

  /// Runs it.
  ///
  /// @throws AssertionError when it does not end within its limit
  public CommandResult run() {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().putAll(environment);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Process process = builder.start();
      var out = CompletableFuture.supplyAsync(() -> read(process.getInputStream()), threads);
      var err = CompletableFuture.supplyAsync(() -> read(process.getErrorStream()), threads);
      write(process);
      boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      CommandResult result = new CommandResult(process.waitFor(), out.join(), err.join());
      if (!ended) {
        throw new AssertionError(
            "not ended after " + limit + ": " + String.join(" ", words) + "\n" + result);
      }
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while running " + words, e);
    }
  }

  /// Runs it and answers its stdout.
  ///
  /// @throws AssertionError when it fails
  public String output() {
    CommandResult result = run();
    if (result.exitCode() != 0) {
      throw new AssertionError(String.join(" ", words) + " failed: " + result);
    }
    return result.out();
  }

  private void write(Process process) {
    try (var stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException _) {
      // The program ended without reading its input: its exit code says more.
      return;
    }
  }

  private static String read(InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
