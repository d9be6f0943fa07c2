package dev.berth.agent.instance;

import dev.berth.agent.driver.DriverException;
import org.jspecify.annotations.Nullable;

/// Lets one thread interrupt calls of another, and never anything but those calls.
final class Interruption {
  /// A call of a driver.
  interface Call<T> {
    T run() throws DriverException, InterruptedException;
  }

  private @Nullable Thread running;

  /// Runs a call that [#interrupt] ends early.
  <T> T open(Call<T> call) throws DriverException {
    synchronized (this) {
      running = Thread.currentThread();
    }
    try {
      return call.run();
    } catch (InterruptedException e) {
      throw DriverException.retryable("Interrupted", "something else is wanted now", e);
    } finally {
      synchronized (this) {
        running = null;
        // An interrupt that came after the call had ended must not hit what follows.
        Thread.interrupted();
      }
    }
  }

  synchronized void interrupt() {
    if (running != null) {
      running.interrupt();
    }
  }
}
