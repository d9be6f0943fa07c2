package dev.berth.agent.driver.docker;

import static java.util.Objects.requireNonNull;

import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.HostConfig;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Labels;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.PrepareListener;
import dev.berth.agent.driver.PullLogins;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.spec.ContainerNetworkRules;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.PullPolicy;
import java.util.Optional;
import java.util.function.BiConsumer;

/// Makes the container of an instance, and has its image pulled where that is missing. A second
/// creation of the same instance finds the first one's container.
final class ContainerCreation {
  private static final int MOST_TRIES = 3;

  private final DockerApi api;
  private final Owner owner;
  private final Needs needs;
  private final BiConsumer<String, ContainerSpec> made;
  private final ContainerListing.Look look;

  /// What a container needs of its node.
  ///
  /// @param paths which paths it may have
  /// @param puller fetches its image
  /// @param networks which it may join
  /// @param logins who the node is to its image's registry
  record Needs(
      HostPathPolicy paths, ImageTransfer puller, DaemonNetworks networks, PullLogins logins) {}

  /// @param made told the id of each container that was made
  /// @param look looks at a container, by id or name
  ContainerCreation(
      DockerApi api,
      Owner owner,
      Needs needs,
      BiConsumer<String, ContainerSpec> made,
      ContainerListing.Look look) {
    this.api = api;
    this.owner = owner;
    this.needs = needs;
    this.made = made;
    this.look = look;
  }

  Observation create(AssignedInstance instance, PrepareListener listener) throws DriverException {
    HostConfig hostConfig = ContainerRequest.hostConfig(instance, needs.paths());
    PullPolicy policy = instance.getSpec().getContainer().getPull();
    String image = instance.getSpec().getContainer().getImage();
    requireNetwork(instance.getSpec().getContainer().getNetwork());
    if (policy == PullPolicy.PULL_POLICY_ALWAYS) {
      Optional<Observation> existing = existing(instance);
      if (existing.isPresent()) {
        return existing.get();
      }
      pull(instance, listener);
    }
    for (int attempt = 1; ; attempt++) {
      try {
        return created(instance, hostConfig);
      } catch (ConflictException e) {
        Optional<Observation> existing = existing(instance);
        if (existing.isPresent()) {
          return existing.get();
        }
        if (attempt == MOST_TRIES) {
          throw DriverException.retryable("RuntimeUnavailable", Refusals.words(e), e);
        }
      } catch (DockerException e) {
        if (!Refusals.isNoSuchImage(e)) {
          throw Refusals.of("CreateFailed", e);
        }
        if (policy == PullPolicy.PULL_POLICY_NEVER) {
          throw DriverException.permanent(
              "ImageMissing",
              "image "
                  + image
                  + ": not on this node, and its pull policy is never; load it, or "
                  + "let it be pulled",
              e);
        }
        if (attempt == MOST_TRIES) {
          throw DriverException.retryable("ImagePullFailed", Refusals.words(e), e);
        }
        pull(instance, listener);
      }
    }
  }

  /// With the login that came with the instance, or with the node's own.
  private void pull(AssignedInstance instance, PrepareListener listener) throws DriverException {
    needs
        .puller()
        .pullForInstance(
            instance.getSpec().getContainer().getImage(),
            needs.logins().of(instance.getInstanceId()),
            listener);
  }

  private Observation created(AssignedInstance instance, HostConfig hostConfig)
      throws DriverException {
    String id =
        api.call(
            "create",
            RuntimeDriver.CALL_LIMIT,
            client ->
                requireNonNull(
                    ContainerRequest.create(client, owner, instance, hostConfig).exec().getId()));
    made.accept(id, instance.getSpec().getContainer());
    return new Observation(
        new RuntimeHandle(DockerDriver.NAME, instance.getInstanceId(), id),
        new RunState.Created(),
        Labels.of(owner, instance));
  }

  /// Asked first: the daemon makes a container for a network that is not there, and cannot start
  /// it.
  private void requireNetwork(String network) throws DriverException {
    if (ContainerNetworkRules.isMade(network)) {
      needs.networks().require(network);
    }
  }

  /// The container that already has the instance's name.
  ///
  /// @throws DriverException permanent, when it belongs to someone else: it is not touched
  private Optional<Observation> existing(AssignedInstance instance) throws DriverException {
    String name = ContainerRequest.name(instance);
    Optional<Observation> found = look.at(name, instance.getInstanceId());
    if (found.isPresent()
        && !ContainerListing.isOf(owner, instance.getInstanceId(), found.get().labels())) {
      throw DriverException.permanent(
          "NameTaken",
          "a container that is not ours has the name " + name + "; remove or rename it",
          null);
    }
    return found;
  }
}
