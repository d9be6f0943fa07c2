package dev.berth.agent.driver.docker;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Container;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Labels;
import dev.berth.agent.driver.Listing;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.RuntimeDriver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Lists our containers. The daemon's list has no exit codes and no times, so each container is
/// looked at as well; one that cannot be looked at makes the whole listing unknown.
final class ContainerListing {
  private static final int AT_ONCE = 8;

  /// Looks at one container; empty when there is none.
  interface Look {
    Optional<Observation> at(String containerId, String instanceId) throws DriverException;
  }

  private final DockerApi api;
  private final Owner owner;
  private final Look look;

  ContainerListing(DockerApi api, Owner owner, Look look) {
    this.api = api;
    this.owner = owner;
    this.look = look;
  }

  Listing now() {
    List<Container> containers;
    try {
      containers =
          api.call(
              "list",
              RuntimeDriver.CALL_LIMIT,
              client ->
                  client
                      .listContainersCmd()
                      .withShowAll(true)
                      .withLabelFilter(
                          Map.of(Labels.CLUSTER, owner.clusterUid(), Labels.NODE, owner.node()))
                      .exec());
    } catch (DriverException e) {
      return new Listing.Unknown(e.failure().message());
    } catch (DockerException e) {
      return new Listing.Unknown("docker cannot list its containers: " + Refusals.words(e));
    }
    if (containers == null) {
      return new Listing.Unknown("docker's list of containers is empty in a way it never is");
    }
    try {
      return new Listing.Complete(lookAtAll(containers));
    } catch (DriverException e) {
      return new Listing.Unknown(e.failure().message());
    }
  }

  private List<Observation> lookAtAll(List<Container> containers) throws DriverException {
    Semaphore slots = new Semaphore(AT_ONCE);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Optional<Observation>>> looks = new ArrayList<>();
      for (Container container : containers) {
        looks.add(executor.submit(limited(slots, () -> lookAt(container))));
      }
      List<Observation> observations = new ArrayList<>();
      try {
        for (Future<Optional<Observation>> one : looks) {
          one.get().ifPresent(observations::add);
        }
        return observations;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw DriverException.retryable("Interrupted", "listing was interrupted", e);
      } catch (ExecutionException e) {
        throw e.getCause() instanceof DriverException known
            ? known
            : DriverException.retryable("BadAnswer", "docker's list cannot be read", e);
      } finally {
        looks.forEach(one -> one.cancel(true));
      }
    }
  }

  private static <T> Callable<T> limited(Semaphore slots, Callable<T> task) {
    return () -> {
      slots.acquire();
      try {
        return task.call();
      } finally {
        slots.release();
      }
    };
  }

  private Optional<Observation> lookAt(@Nullable Container container) throws DriverException {
    if (container == null || container.getId() == null || container.getLabels() == null) {
      throw DriverException.retryable("BadAnswer", "docker listed a container without id", null);
    }
    String instance = container.getLabels().get(Labels.INSTANCE);
    if (instance == null || !isOf(owner, instance, container.getLabels())) {
      return Optional.empty();
    }
    // one that vanished since the list was made is not there, which is known and not a gap
    return look.at(container.getId(), instance);
  }

  /// Whether labels say that an object is this instance of this owner.
  static boolean isOf(Owner owner, String instanceId, Map<String, String> labels) {
    return owner.clusterUid().equals(labels.get(Labels.CLUSTER))
        && owner.node().equals(labels.get(Labels.NODE))
        && instanceId.equals(labels.get(Labels.INSTANCE));
  }

  /// Only what Berth wrote: an image's own labels are not of interest.
  static Map<String, String> ours(Map<String, String> labels) {
    Map<String, String> ours = new HashMap<>();
    labels.forEach(
        (key, value) -> {
          if (key.startsWith("dev.berth.") && value != null) {
            ours.put(key, value);
          }
        });
    return ours;
  }
}
