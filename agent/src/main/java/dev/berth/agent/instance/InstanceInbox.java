package dev.berth.agent.instance;

import dev.berth.agent.driver.Observation;
import dev.berth.agent.port.AgentClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What other threads tell a supervisor. Bounded: only the newest wish counts, and more news than
/// a few amount to "look yourself", which is what a contradiction among them leads to.
final class InstanceInbox {
  private static final int HINTS_MAX = 8;

  /// All that came since the last time.
  record News(@Nullable Desired desired, List<Observation> hints, boolean notListed) {}

  private final AgentClock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Observation> hints = new ArrayList<>();
  private @Nullable Desired desired;
  private boolean notListed;
  private boolean closed;

  InstanceInbox(AgentClock clock) {
    this.clock = clock;
  }

  /// Takes a wish; the strongest of those that were not taken yet counts.
  ///
  /// @return whether it differs from the last one that was not taken yet
  boolean desire(Desired next) {
    lock.lock();
    try {
      Desired before = desired;
      Desired after = before == null ? next : before.then(next);
      desired = after;
      changed.signal();
      return !after.equals(before);
    } finally {
      lock.unlock();
    }
  }

  void hint(Observation news) {
    lock.lock();
    try {
      if (hints.size() >= HINTS_MAX) {
        hints.removeFirst();
      }
      hints.add(news);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  void notListed() {
    lock.lock();
    try {
      notListed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  boolean closed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  boolean hasDesire() {
    lock.lock();
    try {
      return desired != null || closed;
    } finally {
      lock.unlock();
    }
  }

  /// Takes all that came.
  News take() {
    lock.lock();
    try {
      News news = new News(desired, List.copyOf(hints), notListed);
      desired = null;
      notListed = false;
      hints.clear();
      return news;
    } finally {
      lock.unlock();
    }
  }

  /// Waits until something came.
  ///
  /// @return false when this inbox was closed
  boolean await() throws InterruptedException {
    lock.lock();
    try {
      while (!something()) {
        changed.await();
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /// Waits until something came, or until a time.
  ///
  /// @return false when this inbox was closed
  boolean awaitUntil(long millis) throws InterruptedException {
    lock.lock();
    try {
      while (!something() && clock.millis() < millis) {
        clock.awaitUntil(lock, changed, millis);
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private boolean something() {
    return closed || desired != null || notListed || !hints.isEmpty();
  }
}
