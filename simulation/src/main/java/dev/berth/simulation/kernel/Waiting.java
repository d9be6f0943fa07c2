package dev.berth.simulation.kernel;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// Waits of a process' virtual threads, in virtual time.
public final class Waiting {
  private static final long RETRY_NANOS = 1_000;

  private Waiting() {}

  /// Sleeps.
  ///
  /// @param nanos of the process' clock
  public static void sleep(SimulatedProcess process, long nanos) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Thread sleeper = Thread.currentThread();
    boolean[] over = new boolean[1];
    Timer timer =
        process.after(
            nanos,
            () -> {
              over[0] = true;
              LockSupport.unpark(sleeper);
            });
    while (!over[0]) {
      LockSupport.park();
      if (Thread.interrupted()) {
        timer.cancel();
        throw new InterruptedException();
      }
    }
  }

  /// Waits for a condition, at most for some time. Others who wait for it may wake up, too.
  @SuppressWarnings("WaitNotInLoop") // the loop is the caller's, who knows what it waits for
  public static void await(
      SimulatedProcess process, ReentrantLock lock, Condition changed, long nanos)
      throws InterruptedException {
    Timer[] timer = new Timer[1];
    timer[0] = process.after(nanos, () -> wake(process, lock, changed, timer));
    try {
      changed.await();
    } finally {
      timer[0].cancel();
    }
  }

  private static void wake(
      SimulatedProcess process, ReentrantLock lock, Condition changed, Timer[] timer) {
    // Not on a thread that may wait: whoever holds the lock now will give it up soon.
    if (lock.tryLock()) {
      try {
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    } else {
      timer[0] = process.after(RETRY_NANOS, () -> wake(process, lock, changed, timer));
    }
  }
}
