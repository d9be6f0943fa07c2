package dev.berth.agent.driver.docker;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Container;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Labels;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.RuntimeDriver;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Which containers were made from which images, ended ones and those of others included.
final class ImageUsers {
  private final DockerApi api;
  private final Owner owner;

  ImageUsers(DockerApi api, Owner owner) {
    this.api = api;
    this.owner = owner;
  }

  /// What was true when it was asked.
  ///
  /// @param instancesByImage ids of instances of this node
  /// @param namesByImage names of all containers
  record Now(
      Map<String, TreeSet<String>> instancesByImage, Map<String, TreeSet<String>> namesByImage) {
    /// @param imageId "sha256:…"
    List<String> instances(String imageId) {
      return List.copyOf(instancesByImage.getOrDefault(imageId, new TreeSet<>()));
    }

    /// @param imageId "sha256:…"
    List<String> containers(String imageId) {
      return List.copyOf(namesByImage.getOrDefault(imageId, new TreeSet<>()));
    }
  }

  Now now() throws DriverException {
    List<Container> containers;
    try {
      containers =
          api.call(
              "list",
              RuntimeDriver.CALL_LIMIT,
              client -> client.listContainersCmd().withShowAll(true).exec());
    } catch (DockerException e) {
      throw Refusals.retryable("ListFailed", e);
    }
    Now now = new Now(new HashMap<>(), new HashMap<>());
    for (Container each : containers) {
      String image = String.valueOf(each.getImageId());
      String[] names = each.getNames();
      String name = names == null || names.length == 0 ? each.getId() : names[0].replace("/", "");
      now.namesByImage.computeIfAbsent(image, _ -> new TreeSet<>()).add(name);
      Map<String, String> labels = each.getLabels() == null ? Map.of() : each.getLabels();
      String instance = labels.get(Labels.INSTANCE);
      if (instance != null && ContainerListing.isOf(owner, instance, labels)) {
        now.instancesByImage.computeIfAbsent(image, _ -> new TreeSet<>()).add(instance);
      }
    }
    return now;
  }
}
