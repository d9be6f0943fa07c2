package dev.berth.controller.loop;

import dev.berth.controller.core.ClusterEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What waits for the loop, bounded. What agents say goes before what users ask: a flood of
/// requests must not make nodes look silent. Heartbeats wake nobody: the newest of each session
/// waits for the next tick, when all of them are decided together, so that ten thousand nodes cost
/// a few turns a second and not thousands.
final class Inbox {
  private static final int AGENTS_MAX = 65_536;
  private static final int USERS_MAX = 8_192;
  // Of each turn, so that a storm of agents does not keep users out for ever.
  private static final int USERS_LEAST = 256;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<Queued> agents = new ArrayDeque<>();
  private final Queue<Queued> users = new ArrayDeque<>();
  private final Map<Long, Queued> heartbeats = new LinkedHashMap<>();
  private boolean signalled;

  /// Takes an event unless too many wait.
  boolean offer(Queued queued) {
    lock.lock();
    try {
      if (queued.event() instanceof ClusterEvent.HeartbeatReceived heartbeat) {
        heartbeats.put(heartbeat.sessionId(), queued);
        return true;
      }
      boolean user = queued.event() instanceof ClusterEvent.Request;
      Queue<Queued> queue = user ? users : agents;
      if (queue.size() >= (user ? USERS_MAX : AGENTS_MAX)) {
        return false;
      }
      queue.add(queued);
      changed.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Wakes whoever waits.
  void signal() {
    lock.lock();
    try {
      signalled = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until there is an event, a signal, or the time has come.
  ///
  /// @param most how many events to take; 0: waits for a signal only
  List<Queued> take(int most, long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = nanos;
      while (!signalled && left > 0 && (most == 0 || (agents.isEmpty() && users.isEmpty()))) {
        left = changed.awaitNanos(left);
      }
      signalled = false;
      List<Queued> taken = new ArrayList<>();
      move(agents, taken, most - Math.min(users.size(), USERS_LEAST));
      move(users, taken, most);
      move(agents, taken, most);
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /// Takes the newest heartbeat of each session that sent any.
  List<Queued> takeHeartbeats() {
    lock.lock();
    try {
      List<Queued> taken = new ArrayList<>(heartbeats.values());
      heartbeats.clear();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /// Takes all there is.
  List<Queued> drain() {
    lock.lock();
    try {
      List<Queued> all = new ArrayList<>(agents);
      all.addAll(users);
      heartbeats.clear();
      agents.clear();
      users.clear();
      return all;
    } finally {
      lock.unlock();
    }
  }

  private static void move(Queue<Queued> from, List<Queued> to, int most) {
    while (to.size() < most && !from.isEmpty()) {
      to.add(from.remove());
    }
  }
}
