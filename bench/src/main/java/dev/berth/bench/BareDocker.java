package dev.berth.bench;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// The Docker API without anything above it.
final class BareDocker implements AutoCloseable {
  private static final int CONNECTIONS = 16;
  private static final List<String> PROGRAM = List.of("sleep", "100000");

  private final DockerClient client;

  BareDocker(String dockerHost) {
    this.client =
        DockerClientImpl.getInstance(
            DefaultDockerClientConfig.createDefaultConfigBuilder()
                .withDockerHost(dockerHost)
                .build(),
            new ZerodepDockerHttpClient.Builder()
                .dockerHost(URI.create(dockerHost))
                .maxConnections(CONNECTIONS)
                .responseTimeout(Duration.ofMinutes(2))
                .build());
  }

  /// The program that every measured container runs.
  static List<String> program() {
    return PROGRAM;
  }

  /// Creates and starts one container; it runs when this returns.
  String runOne(String image, String name) {
    String id = client.createContainerCmd(image).withName(name).withCmd(PROGRAM).exec().getId();
    client.startContainerCmd(id).exec();
    return id;
  }

  /// Creates and starts containers, some at a time; all run when this returns.
  void runMany(String image, String prefix, int count, int atOnce) {
    try (var threads = Executors.newFixedThreadPool(atOnce)) {
      List<Future<String>> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String name = prefix + i;
        all.add(threads.submit(() -> runOne(image, name)));
      }
      for (Future<String> one : all) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Number of containers, running or not.
  int count() {
    return client.listContainersCmd().withShowAll(true).exec().size();
  }

  void remove(String id) {
    try {
      client.removeContainerCmd(id).withForce(true).exec();
    } catch (NotFoundException | ConflictException _) {
      // Someone else removed it, or is at it.
      return;
    }
  }

  void removeAll() {
    for (Container container : client.listContainersCmd().withShowAll(true).exec()) {
      remove(container.getId());
    }
  }

  /// Does something and waits until Docker has said of a number of containers that they started.
  ///
  /// @return nanoseconds from before the deed to the last start
  long timeStarts(int count, Duration limit, Runnable deed) {
    CountDownLatch left = new CountDownLatch(count);
    try (var callback =
        client
            .eventsCmd()
            .withEventFilter("start")
            .withEventTypeFilter("container")
            .exec(new Starts(left))) {
      callback.awaitStarted(10, TimeUnit.SECONDS);
      long begin = System.nanoTime();
      deed.run();
      if (!left.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(left.getCount() + " of " + count + " did not start");
      }
      return System.nanoTime() - begin;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Starts extends ResultCallback.Adapter<Event> {
    private final CountDownLatch left;

    Starts(CountDownLatch left) {
      this.left = left;
    }

    @Override
    public void onNext(Event event) {
      if ("start".equals(event.getStatus())) {
        left.countDown();
      }
    }
  }
}
