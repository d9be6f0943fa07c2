package dev.berth.simulation.kernel;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A future whose limits are limits of virtual time, on the clock of the process that waits.
///
/// @param <T> what it brings
public final class VirtualFuture<T> extends CompletableFuture<T> {
  private final SimulatedProcess process;

  /// A future that is awaited by a process.
  public VirtualFuture(SimulatedProcess process) {
    this.process = process;
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new VirtualFuture<>(process);
  }

  @Override
  public CompletableFuture<T> orTimeout(long timeout, TimeUnit unit) {
    if (!isDone()) {
      Timer timer =
          process.after(
              unit.toNanos(timeout), () -> completeExceptionally(new TimeoutException("late")));
      var _ = whenComplete((_, _) -> timer.cancel());
    }
    return this;
  }

  @Override
  public T get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    CompletableFuture<T> limited = copy().orTimeout(timeout, unit);
    try {
      return limited.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TimeoutException late && !isDone()) {
        throw late;
      }
      throw e;
    }
  }
}
