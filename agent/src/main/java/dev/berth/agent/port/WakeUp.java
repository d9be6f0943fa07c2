package dev.berth.agent.port;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Wakes up one thread: a call is remembered until that thread takes it, and many amount to one.
public final class WakeUp {
  private final AgentClock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean called;

  /// @param clock which limits are measured by
  public WakeUp(AgentClock clock) {
    this.clock = clock;
  }

  /// Wakes the thread up, now or when it waits the next time.
  public void call() {
    lock.lock();
    try {
      called = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Waits for a call and takes it.
  public void await() throws InterruptedException {
    lock.lock();
    try {
      while (!called) {
        changed.await();
      }
      called = false;
    } finally {
      lock.unlock();
    }
  }

  /// Waits for a call and takes it, or until a time.
  ///
  /// @param millis by [AgentClock#millis]
  /// @return whether there was a call
  public boolean awaitUntil(long millis) throws InterruptedException {
    lock.lock();
    try {
      while (!called && clock.millis() < millis) {
        clock.awaitUntil(lock, changed, millis);
      }
      boolean was = called;
      called = false;
      return was;
    } finally {
      lock.unlock();
    }
  }
}
