package dev.berth.agent.fence;

import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Fence;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Knows when contact with the controllers is too old: by the host's uptime, counted from when that
/// was sent which a leader acknowledged. Once the deadline has passed, what ran until then is
/// stopped, even if a new contact follows at once: whoever counts on the fence has counted, too.
public final class FenceGuard implements Fence, Runnable {
  /// How old contact may be as long as no controller has said.
  static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(15);

  private static final Logger LOG = LoggerFactory.getLogger(FenceGuard.class);
  private static final long LOOK_MILLIS = 1_000;

  private final Watchdog watchdog;
  private final AgentClock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final TreeMap<String, FenceTarget> targets = new TreeMap<>();
  private Runnable onClosed = () -> {};
  private Duration timeout = DEFAULT_TIMEOUT;
  private long newestMillis;
  private boolean closed;
  private volatile long deadlineMillis;

  /// @param watchdog does it when the agent cannot
  public FenceGuard(Watchdog watchdog, AgentClock clock) throws IOException {
    this.watchdog = watchdog;
    this.clock = clock;
    Watchdog.Left left = watchdog.left();
    deadlineMillis = left.deadlineMillis();
    left.targets().forEach(each -> targets.put(each.instanceId(), each));
  }

  /// Begins to guard.
  ///
  /// @param action is called whenever the fence closes, also now when it is closed; quick, and
  ///     always before a contact opens the fence again
  public void begin(Runnable action) {
    lock.lock();
    try {
      onClosed = action;
      if (!isOpen()) {
        close();
      }
    } finally {
      lock.unlock();
    }
  }

  /// A controller welcomed this node.
  ///
  /// @param wanted how old contact may be from now on; zero: as by default
  public void welcomed(Duration wanted) {
    lock.lock();
    try {
      timeout = wanted.isPositive() ? wanted : DEFAULT_TIMEOUT;
    } finally {
      lock.unlock();
    }
  }

  /// A leader acknowledged something.
  ///
  /// @param sentMillis when that had been sent, by [AgentClock#bootMillis]
  public void contact(long sentMillis) {
    lock.lock();
    try {
      if (!closed && clock.bootMillis() >= deadlineMillis) {
        close();
      }
      if (sentMillis >= newestMillis) {
        newestMillis = sentMillis;
        deadlineMillis = sentMillis + timeout.toMillis();
        closed = !isOpen();
        if (!targets.isEmpty()) {
          renew();
        }
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isOpen() {
    return clock.bootMillis() < deadlineMillis;
  }

  @Override
  public void hold(String instanceId, String runtimeId, Duration grace) throws IOException {
    FenceTarget target = new FenceTarget(instanceId, runtimeId, grace);
    lock.lock();
    try {
      if (target.equals(targets.get(instanceId))) {
        return;
      }
      List<FenceTarget> all = new ArrayList<>(targets.values());
      all.removeIf(each -> each.instanceId().equals(instanceId));
      all.add(target);
      watchdog.watch(all, deadlineMillis);
      targets.put(instanceId, target);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void release(String instanceId) {
    lock.lock();
    try {
      if (targets.remove(instanceId) != null) {
        watch();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Whether anything is held.
  public boolean holdsAny() {
    lock.lock();
    try {
      return !targets.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /// Releases all but these.
  public void retain(Set<String> instanceIds) {
    lock.lock();
    try {
      if (targets.keySet().retainAll(instanceIds)) {
        watch();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Watches the deadline until interrupted. Nothing is done while nothing is held.
  @Override
  public void run() {
    lock.lock();
    try {
      while (true) {
        if (targets.isEmpty()) {
          changed.await();
        } else {
          look();
          clock.awaitUntil(lock, changed, clock.millis() + waitMillis());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void look() {
    if (!closed && !isOpen()) {
      close();
    }
    renew();
  }

  private long waitMillis() {
    return closed ? LOOK_MILLIS : Math.clamp(deadlineMillis - clock.bootMillis(), 1, LOOK_MILLIS);
  }

  private void close() {
    closed = true;
    if (!targets.isEmpty()) {
      LOG.warn(
          "no controller has acknowledged this node for {} s: {} instances with the lost policy"
              + " fence are stopped",
          timeout.toSeconds(),
          targets.size());
    }
    onClosed.run();
  }

  private void renew() {
    try {
      watchdog.renew(deadlineMillis);
    } catch (IOException e) {
      LOG.error("the fence's deadline cannot be moved: {}", e.getMessage());
    }
  }

  private void watch() {
    try {
      watchdog.watch(targets.values(), deadlineMillis);
    } catch (IOException e) {
      // It watches more than it must: what is gone does not run.
      LOG.warn("the fence cannot release what is gone: {}", e.getMessage());
    }
  }
}
