package dev.berth.agent.driver.docker;

import com.fasterxml.jackson.core.JacksonException;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.core.DockerClientImpl;
import dev.berth.agent.driver.DriverException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The daemon's API. Short calls go through a pool of kept connections and have a time limit that
/// does not rely on the HTTP client: a unix socket knows no read time-out, so each call runs on a
/// virtual thread whose interruption closes its connection. Long answers are [DaemonStream]s and
/// take nothing from the pool.
final class DockerApi implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DockerApi.class);
  private static final int CONNECTIONS = 32;

  /// A pool of connections and the calls that use it; closed when it is retired and unused.
  private static final class Pool {
    final DockerClient client;
    private int calls;
    private boolean retired;

    Pool(DockerClient client) {
      this.client = client;
    }

    synchronized boolean enter() {
      if (retired) {
        return false;
      }
      calls++;
      return true;
    }

    synchronized void leave() {
      calls--;
      closeIfUnused();
    }

    synchronized void retire() {
      retired = true;
      closeIfUnused();
    }

    private void closeIfUnused() {
      if (retired && calls == 0) {
        try {
          client.close();
        } catch (IOException | RuntimeException e) {
          LOG.debug("closing a pool of connections to docker: {}", e.toString());
        }
      }
    }
  }

  private final URI host;
  private final Path socket;
  private final ExecutorService executor =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("docker-call-", 0).factory());
  private final ReentrantLock renewing = new ReentrantLock();
  private @Nullable Pool pool;
  private boolean closed;

  /// @param host the daemon's address, `unix:///path`
  DockerApi(URI host) {
    if (!"unix".equals(host.getScheme()) || host.getPath() == null || host.getPath().isEmpty()) {
      throw new IllegalArgumentException(
          "docker-host: " + host + " (expected: unix:///path/to/docker.sock)");
    }
    this.host = host;
    socket = Path.of(host.getPath());
  }

  Path socket() {
    return socket;
  }

  /// Asks the daemon.
  ///
  /// @param what the verb, for messages
  /// @throws DriverException retryable, when the daemon is away, silent, or answers nonsense
  /// @throws DockerException (unchecked) when the daemon answers with an error of its own
  <T> T call(String what, Duration limit, Function<DockerClient, T> ask) throws DriverException {
    for (int attempt = 1; ; attempt++) {
      Pool used = enter();
      Future<T> answer = executor.submit(() -> ask.apply(used.client));
      try {
        return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException _) {
        throw DriverException.retryable(
            "RuntimeTimeout",
            "docker did not answer "
                + what
                + " within "
                + limit.toMillis()
                + " ms; see whether the daemon at "
                + host
                + " hangs",
            null);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        throw DriverException.retryable("Interrupted", what + " was interrupted", null);
      } catch (ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        if (cause instanceof DockerException refusal) {
          throw refusal;
        }
        if (isConnection(cause)) {
          renew(used); // kept connections of a daemon that was restarted are all dead
          if (attempt == 1) {
            continue;
          }
          throw unavailable(cause);
        }
        throw DriverException.retryable(
            "BadAnswer", "docker gave an answer to " + what + " that cannot be read", cause);
      } finally {
        answer.cancel(true);
        used.leave();
      }
    }
  }

  /// Opens a long answer.
  DaemonStream stream(String method, String target, String headers, Duration answerLimit)
      throws DriverException {
    return stream(method, target, headers, new byte[0], answerLimit);
  }

  /// Opens a long answer to a request with content.
  DaemonStream stream(
      String method, String target, String headers, byte[] content, Duration answerLimit)
      throws DriverException {
    try {
      return DaemonStream.open(socket, method, target, headers, content, answerLimit);
    } catch (IOException e) {
      throw opening(e);
    }
  }

  /// Sends content and opens the answer. The content is sent once: nothing is tried again.
  DaemonStream upload(String method, String target, InputStream content, Duration answerLimit)
      throws DriverException {
    return upload(method, target, "", content, answerLimit);
  }

  /// The same with more header lines.
  DaemonStream upload(
      String method, String target, String headers, InputStream content, Duration answerLimit)
      throws DriverException {
    try {
      return DaemonStream.upload(socket, method, target, headers, content, answerLimit);
    } catch (IOException e) {
      throw opening(e);
    }
  }

  private DriverException opening(IOException e) {
    return Thread.currentThread().isInterrupted()
        ? DriverException.retryable("Interrupted", "the call was interrupted", e)
        : unavailable(e);
  }

  /// Forgets all kept connections; calls under way go on.
  void renew() {
    renew(null);
  }

  @Override
  public void close() {
    renewing.lock();
    try {
      closed = true;
      if (pool != null) {
        pool.retire();
        pool = null;
      }
    } finally {
      renewing.unlock();
    }
    executor.shutdownNow();
  }

  /// The failure to reach the daemon, with what to do.
  DriverException unavailable(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String detail = root.getMessage() == null ? root.toString() : root.getMessage();
    return DriverException.retryable(
        "RuntimeUnavailable",
        "docker at " + host + " cannot be reached (" + detail + "); see whether the daemon runs",
        cause);
  }

  private Pool enter() throws DriverException {
    renewing.lock();
    try {
      if (closed) {
        throw DriverException.retryable("RuntimeUnavailable", "the driver is closed", null);
      }
      if (pool == null || !pool.enter()) {
        pool = new Pool(client());
        pool.enter();
      }
      return pool;
    } finally {
      renewing.unlock();
    }
  }

  private void renew(@Nullable Pool broken) {
    renewing.lock();
    try {
      if (pool != null && (broken == null || pool == broken)) {
        pool.retire();
        pool = null;
      }
    } finally {
      renewing.unlock();
    }
  }

  private DockerClient client() {
    return DockerClientImpl.getInstance(
        new DaemonConfig(host), new SocketTransport(socket, CONNECTIONS));
  }

  private static boolean isConnection(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof JacksonException) {
        return false;
      }
      if (t instanceof IOException || t instanceof UncheckedIOException) {
        return true;
      }
    }
    return false;
  }
}
