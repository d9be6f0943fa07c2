package dev.berth.e2e.harness;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What must be undone, newest first: when closed, and else when the JVM ends.
public final class Cleanup implements AutoCloseable {
  /// Undoes one thing.
  @FunctionalInterface
  public interface Step {
    /// Undoes it; a failure is reported and the steps before it still run.
    void run() throws Exception;
  }

  private final Deque<Step> steps = new ArrayDeque<>();
  private final Thread atExit = new Thread(this::undo, "cleanup");
  private boolean closed;

  /// Nothing to undo yet.
  public Cleanup() {
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /// Remembers a step.
  public synchronized void add(Step step) {
    steps.push(step);
  }

  /// Undoes everything, newest first; all steps run, whatever fails.
  ///
  /// @throws AssertionError with every failure as suppressed
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException _) {
      // The JVM is ending: the hook runs, or has run, by itself.
      return;
    }
    undo();
  }

  /// Undoes everything because of a failure, which keeps what cannot be undone as suppressed.
  public void closeAfter(Throwable failure) {
    try {
      close();
    } catch (RuntimeException | AssertionError e) {
      failure.addSuppressed(e);
    }
  }

  private void undo() {
    List<Exception> failures = new ArrayList<>();
    for (Step step = next(); step != null; step = next()) {
      try {
        step.run();
      } catch (Exception e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      AssertionError error = new AssertionError("not all could be cleaned up: " + failures);
      failures.forEach(error::addSuppressed);
      throw error;
    }
  }

  private synchronized @Nullable Step next() {
    return steps.poll();
  }
}
