package dev.berth.simulation.kernel;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Wakes up the one virtual thread that waits for it. A call before the wait is remembered.
public final class Signal {
  private final SimulatedProcess process;
  private @Nullable Thread waiting;
  private boolean called;

  /// @param process whose clock limits the waits
  public Signal(SimulatedProcess process) {
    this.process = process;
  }

  /// Wakes the thread up.
  public void call() {
    called = true;
    Thread thread = waiting;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  /// Waits for a call, at most for some time.
  public void await(long nanos) {
    if (!called && nanos > 0) {
      waiting = Thread.currentThread();
      Timer limit = process.after(nanos, this::call);
      while (!called) {
        LockSupport.park();
      }
      limit.cancel();
      waiting = null;
    }
    called = false;
  }
}
