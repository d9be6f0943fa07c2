package dev.berth.agent.driver.process;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.RuntimeDriver;
import java.io.IOException;
import java.time.Duration;

/// The end of an instance's processes, waited for or made.
///
/// @param tree all of them
/// @param look at the instance
record ProcessEnd(ProcessTree tree, Look look) {
  private static final int FIRST_LOOK_MILLIS = 2;
  private static final int LAST_LOOK_MILLIS = 50;

  /// Tells whether an instance runs.
  interface Look {
    boolean runs() throws DriverException;
  }

  /// Whether it ends within some time.
  boolean comesWithin(Duration limit) throws DriverException {
    long deadline = System.nanoTime() + limit.toNanos();
    long wait = FIRST_LOOK_MILLIS;
    while (look.runs()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      pause(Math.min(wait, left / 1_000_000 + 1));
      wait = Math.min(LAST_LOOK_MILLIS, wait * 2);
    }
    return true;
  }

  /// Ends all that there is of an instance, its program's children too.
  void force() throws DriverException {
    long deadline = System.nanoTime() + RuntimeDriver.CALL_LIMIT.toNanos();
    try {
      while (true) {
        tree.kill();
        if (tree.pids().isEmpty() && !look.runs()) {
          return;
        }
        if (System.nanoTime() - deadline > 0) {
          throw DriverException.retryable(
              "StopFailed",
              "processes "
                  + tree.pids()
                  + " do not end though they were killed; the kernel holds"
                  + " them, most often for a disk that does not answer",
              null);
        }
        pause(FIRST_LOOK_MILLIS);
      }
    } catch (IOException e) {
      throw ProcessDriver.failed("StopFailed", e);
    }
  }

  private static void pause(long millis) throws DriverException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DriverException.retryable("Interrupted", "the wait for its end was interrupted", e);
    }
  }
}
