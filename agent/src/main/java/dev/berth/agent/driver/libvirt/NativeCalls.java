package dev.berth.agent.driver.libvirt;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Runs native calls on threads that may hang without hurting others: the caller waits for a
/// limited time, and a thread that does not come back is left to itself.
final class NativeCalls implements AutoCloseable {
  /// More than this many calls at once are refused: that many hang only when the daemon does.
  private static final int THREADS_MAX = 32;

  private static final long IDLE_SECONDS = 10;

  private final ExecutorService threads =
      new ThreadPoolExecutor(
          0,
          THREADS_MAX,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().daemon().name("libvirt-call-", 0).factory());

  /// @param what for messages: "start"
  /// @throws HypervisorException what the call throws, or that its time was over
  <T> T run(String what, Duration limit, Callable<T> call) throws HypervisorException {
    Future<T> answer;
    try {
      answer = threads.submit(call);
    } catch (RejectedExecutionException e) {
      if (threads.isShutdown()) {
        throw away(what + ": the driver was closed", e);
      }
      throw away(what + ": " + THREADS_MAX + " calls to libvirt hang; restart libvirtd", e);
    }
    try {
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw away(what + ": libvirt did not answer within " + limit.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw away(what + ": interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof HypervisorException failure) {
        throw failure;
      }
      throw new HypervisorException(
          HypervisorException.Kind.FAILED, what + ": " + e.getCause(), e.getCause());
    }
  }

  private static HypervisorException away(String message, Exception cause) {
    return new HypervisorException(HypervisorException.Kind.AWAY, message, cause);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
