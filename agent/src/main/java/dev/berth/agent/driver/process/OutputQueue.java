package dev.berth.agent.driver.process;

import dev.berth.v1.LogChunk;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Pieces of output of several sources, in the order in which they came; whoever has one waits
/// while there are many.
final class OutputQueue {
  private static final int PIECES_MAX = 4;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<LogChunk> pieces = new ArrayDeque<>();
  private int sources;
  private boolean closed;

  /// @param sources how many will end
  OutputQueue(int sources) {
    this.sources = sources;
  }

  /// Hands a piece over. After [#close] it is dropped, so that whoever writes can go on.
  void put(LogChunk piece) throws InterruptedException {
    lock.lock();
    try {
      while (!closed && pieces.size() >= PIECES_MAX) {
        changed.await();
      }
      if (!closed) {
        pieces.add(piece);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// One source has ended.
  void ended() {
    lock.lock();
    try {
      sources--;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The next piece; waits for it. Empty: all sources have ended, or this is closed.
  Optional<LogChunk> take() throws InterruptedException {
    lock.lock();
    try {
      while (!closed && sources > 0 && pieces.isEmpty()) {
        changed.await();
      }
      LogChunk next = closed ? null : pieces.poll();
      changed.signalAll();
      return Optional.ofNullable(next);
    } finally {
      lock.unlock();
    }
  }

  /// Nobody wants more.
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
