package dev.berth.agent.driver.docker;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerMount;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Labels;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.v1.ContainerUser;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Which containers have which volumes and networks, ended ones and those of others included.
final class ContainerUsers {
  private static final int SHOWN_MAX = 100;

  private final DockerApi api;
  private final Owner owner;

  ContainerUsers(DockerApi api, Owner owner) {
    this.api = api;
    this.owner = owner;
  }

  /// What was true when it was asked, by the name of what is used.
  record Now(Map<String, List<ContainerUser>> byName) {
    /// Those of one, at most 100.
    List<ContainerUser> of(String name) {
      return byName.getOrDefault(name, List.of()).stream()
          .sorted(Comparator.comparing(ContainerUser::getContainer))
          .limit(SHOWN_MAX)
          .toList();
    }

    /// "2 containers have it, web.1 of default among them".
    String words(String name) {
      List<ContainerUser> users = of(name);
      if (users.isEmpty()) {
        return "a container has it";
      }
      ContainerUser first = users.getFirst();
      String who =
          first.getSlot().isEmpty()
              ? "container " + first.getContainer()
              : first.getNamespace() + "/" + first.getSlot();
      return users.size() == 1
          ? who + " has it"
          : "%d containers have it, %s among them".formatted(users.size(), who);
    }
  }

  /// Which containers have which volumes.
  Now ofVolumes() throws DriverException {
    return now(ContainerUsers::volumes);
  }

  /// Which containers are on which networks, or will be when they run again.
  Now ofNetworks() throws DriverException {
    return now(ContainerUsers::networks);
  }

  private Now now(Function<Container, Set<String>> used) throws DriverException {
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
    Map<String, List<ContainerUser>> byName = new HashMap<>();
    for (Container each : containers) {
      ContainerUser user = user(each);
      used.apply(each)
          .forEach(name -> byName.computeIfAbsent(name, _ -> new ArrayList<>()).add(user));
    }
    return new Now(byName);
  }

  private ContainerUser user(Container container) {
    String[] names = container.getNames();
    ContainerUser.Builder user =
        ContainerUser.newBuilder()
            .setContainer(
                names == null || names.length == 0 ? container.getId() : names[0].replace("/", ""));
    Map<String, String> labels = container.getLabels() == null ? Map.of() : container.getLabels();
    String instance = labels.get(Labels.INSTANCE);
    if (instance != null && ContainerListing.isOf(owner, instance, labels)) {
      user.setInstanceId(instance)
          .setNamespace(labels.getOrDefault(Labels.NAMESPACE, ""))
          .setSlot(
              labels.getOrDefault(Labels.WORKLOAD, "")
                  + "."
                  + labels.getOrDefault(Labels.SLOT, ""));
    }
    return user.build();
  }

  private static Set<String> volumes(Container container) {
    List<ContainerMount> mounts = container.getMounts();
    return mounts == null
        ? Set.of()
        : mounts.stream()
            .map(ContainerMount::getName)
            .filter(name -> name != null && !name.isEmpty())
            .collect(Collectors.toSet());
  }

  private static Set<String> networks(Container container) {
    var settings = container.getNetworkSettings();
    return settings == null || settings.getNetworks() == null
        ? Set.of()
        : settings.getNetworks().keySet();
  }
}
