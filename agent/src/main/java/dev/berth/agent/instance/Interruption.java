package dev.berth.agent.instance;

import dev.berth.agent.driver.DriverException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Lets one thread interrupt calls of another, and never anything but those calls.
final class Interruption {
  /// A call of a driver.
  interface Call<T> {
    T run() throws DriverException, InterruptedException;
  }

  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Thread running;

  /// Runs a call that [#interrupt] ends early.
  <T> T open(Call<T> call) throws DriverException {
    lock.lock();
    try {
      running = Thread.currentThread();
    } finally {
      lock.unlock();
    }
    try {
      return call.run();
    } catch (InterruptedException e) {
      throw DriverException.retryable("Interrupted", "something else is wanted now", e);
    } finally {
      lock.lock();
      try {
        running = null;
        // An interrupt that came after the call had ended must not hit what follows.
        Thread.interrupted();
      } finally {
        lock.unlock();
      }
    }
  }

  /// Interrupts the call that runs, if any.
  ///
  /// @param unheard whether the other thread has not heard yet why; a call that it began after it
  ///     had heard is the very one that is wanted
  void interrupt(BooleanSupplier unheard) {
    lock.lock();
    try {
      // Whoever is in a call hears nothing, and leaves it only with this lock.
      if (running != null && unheard.getAsBoolean()) {
        running.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }
}
