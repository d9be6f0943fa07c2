package dev.berth.cli.compare;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/// Asks a program over HTTP at its port of the node.
final class WebPort implements AutoCloseable {
  /// A machine's port may take a connection long before anyone in the machine listens. So the next
  /// question does not wait for the last one.
  private static final long NEXT_NANOS = Duration.ofMillis(50).toNanos();

  private static final long PAUSE_NANOS = Duration.ofMillis(2).toNanos();
  private static final int ASKED_MAX = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int CONNECTIONS = 4;

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(PATIENCE)
          .executor(Executors.newVirtualThreadPerTaskExecutor())
          .build();
  private final HttpRequest question;

  /// @param address of the node
  WebPort(String address, int port) {
    String host = address.contains(":") ? "[" + address + "]" : address;
    question =
        HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + "/"))
            .timeout(PATIENCE)
            .build();
  }

  /// Looks whether there is still a reason to wait.
  interface Hope {
    /// Looks.
    ///
    /// @throws HopelessException when the program will not answer any more
    void check() throws HopelessException;
  }

  /// It will not answer.
  static final class HopelessException extends Exception {
    private static final long serialVersionUID = 1;

    HopelessException(String reason) {
      super(reason);
    }
  }

  /// Asks again and again until there is an answer.
  ///
  /// @return when, by [System#nanoTime]
  long awaitAnswer(Duration limit, Hope hope) throws HopelessException {
    CompletableFuture<Long> answered = new CompletableFuture<>();
    Semaphore places = new Semaphore(ASKED_MAX);
    long deadline = System.nanoTime() + limit.toNanos();
    while (!answered.isDone()) {
      hope.check();
      if (System.nanoTime() > deadline) {
        throw new HopelessException(
            "it did not answer at " + question.uri() + " within " + limit.toSeconds() + " s");
      }
      if (places.tryAcquire()) {
        awaitBriefly(ask(answered, places));
      } else {
        LockSupport.parkNanos(NEXT_NANOS);
      }
    }
    return answered.join();
  }

  private CompletableFuture<Void> ask(CompletableFuture<Long> answered, Semaphore places) {
    return client
        .sendAsync(question, BodyHandlers.discarding())
        .handle(
            (answer, failure) -> {
              places.release();
              if (failure == null && answer.statusCode() < 500) {
                answered.complete(System.nanoTime());
              }
              return null;
            });
  }

  private static void awaitBriefly(CompletableFuture<Void> asked) {
    // A copy: what is completed from outside would not run what follows it.
    var _ = asked.copy().completeOnTimeout(null, NEXT_NANOS, TimeUnit.NANOSECONDS).join();
    LockSupport.parkNanos(PAUSE_NANOS);
  }

  /// Asks over a few connections as fast as it answers.
  Load load(Duration time) {
    AtomicLong answers = new AtomicLong();
    AtomicLong failures = new AtomicLong();
    AtomicReference<String> first = new AtomicReference<>("");
    long begun = System.nanoTime();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    while (System.nanoTime() - begun < time.toNanos()) {
                      String problem = problem();
                      (problem.isEmpty() ? answers : failures).incrementAndGet();
                      first.compareAndSet("", problem);
                    }
                  }));
    }
    for (Thread thread : threads) {
      boolean _ = joined(thread);
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    return new Load(answers.get(), failures.get(), first.get(), seconds);
  }

  /// Asks once.
  ///
  /// @return what went wrong; empty: it answered
  private String problem() {
    try {
      int status = client.send(question, BodyHandlers.discarding()).statusCode();
      return status < 500 ? "" : "it answered " + status;
    } catch (IOException e) {
      String message = e.getMessage();
      return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  private static boolean joined(Thread thread) {
    try {
      thread.join();
      return true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
