package dev.berth.agent.driver.docker;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.berth.agent.driver.ContainerVolumes;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Owner;
import dev.berth.v1.Volume;
import dev.berth.v1.VolumePruneRequest;
import dev.berth.v1.VolumeRemoval;
import dev.berth.v1.VolumeSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The volumes of a Docker daemon.
final class DaemonVolumes implements ContainerVolumes {
  private static final Duration REMOVE_LIMIT = Duration.ofMinutes(2);
  private static final Duration SIZES_SILENCE = Duration.ofMinutes(10);
  private static final int LISTED_MAX = 1000;

  private final DockerApi api;
  private final ContainerUsers users;
  private final VolumePolicy policy;
  private final DaemonJson json;

  DaemonVolumes(DockerApi api, Owner owner, HostPathPolicy paths) {
    this.api = api;
    policy = new VolumePolicy(paths);
    users = new ContainerUsers(api, owner);
    json = new DaemonJson(api);
  }

  @Override
  public List<Volume> list() throws DriverException {
    ContainerUsers.Now now = users.ofVolumes();
    List<Volume> listed = new ArrayList<>();
    for (JsonNode each : json.get("/volumes").orElse(MissingNode.getInstance()).path("Volumes")) {
      listed.add(VolumeMessage.of(each, now));
    }
    listed.sort(Comparator.comparing(Volume::getName));
    return listed;
  }

  @Override
  public Volume inspect(String name) throws DriverException {
    JsonNode seen = json.get("/volumes/" + name).orElseThrow(() -> missing(name, null));
    return VolumeMessage.of(seen, users.ofVolumes());
  }

  @Override
  public Volume create(VolumeSpec wanted) throws DriverException {
    Map<String, String> options = policy.options(wanted);
    String driver = wanted.getDriver().isEmpty() ? "local" : wanted.getDriver();
    try {
      var _ =
          api.call(
              "create volume",
              REMOVE_LIMIT,
              client ->
                  requireNonNull(
                      client
                          .createVolumeCmd()
                          .withName(wanted.getName())
                          .withDriver(driver)
                          .withDriverOpts(options)
                          .withLabels(wanted.getLabelsMap())
                          .exec()));
    } catch (DockerException e) {
      throw DriverException.permanent("VolumeRefused", Refusals.words(e), e);
    }
    return inspect(wanted.getName());
  }

  @Override
  public Volume remove(String name) throws DriverException {
    Volume was = inspect(name);
    removeNow(name);
    return was;
  }

  private void removeNow(String name) throws DriverException {
    try {
      var _ =
          api.call(
              "remove volume",
              REMOVE_LIMIT,
              client -> Optional.ofNullable(client.removeVolumeCmd(name).exec()));
    } catch (NotFoundException e) {
      throw missing(name, e);
    } catch (ConflictException e) {
      throw DriverException.permanent(
          IN_USE,
          "volume " + name + ": " + users.ofVolumes().words(name) + "; remove what has it first",
          e);
    } catch (DockerException e) {
      throw Refusals.retryable("VolumeFailed", e);
    }
  }

  @Override
  public VolumeRemoval prune(VolumePruneRequest which) throws DriverException {
    VolumeRemoval.Builder removal = VolumeRemoval.newBuilder();
    Set<String> kept = Set.copyOf(which.getKeptList());
    List<Volume> surplus =
        list().stream()
            .filter(volume -> volume.getUsersCount() == 0)
            .filter(volume -> which.getAll() || volume.getAnonymous())
            .filter(volume -> VolumeMessage.fits(volume, which))
            .toList();
    List<Volume> going = new ArrayList<>();
    for (Volume volume : surplus) {
      if (!kept.contains(volume.getName())) {
        going.add(volume);
      } else if (removal.getKeptCount() < LISTED_MAX) {
        removal.addKept(volume.getName());
      }
    }
    Map<String, Long> sizes = going.isEmpty() ? Map.of() : sizes();
    for (Volume volume : going) {
      try {
        removeNow(volume.getName());
      } catch (DriverException e) {
        if (e.failure().reason().equals(IN_USE) || e.failure().reason().equals(MISSING)) {
          continue; // It came into use, or someone else was quicker.
        }
        throw e;
      }
      removal.setReclaimedBytes(
          removal.getReclaimedBytes() + sizes.getOrDefault(volume.getName(), 0L));
      if (removal.getRemovedCount() < LISTED_MAX) {
        removal.addRemoved(volume.getName());
      }
    }
    return removal.build();
  }

  /// What volumes take up. The daemon looks at each file for it; without an answer nobody knows.
  private Map<String, Long> sizes() throws DriverException {
    Map<String, Long> sizes = new HashMap<>();
    JsonNode said =
        json.get("/system/df?type=volume", SIZES_SILENCE).orElse(MissingNode.getInstance());
    for (JsonNode each : said.path("Volumes")) {
      long bytes = each.path("UsageData").path("Size").asLong();
      sizes.put(DaemonJson.text(each, "Name"), Math.max(0, bytes));
    }
    return sizes;
  }

  private static DriverException missing(String name, @Nullable DockerException e) {
    return DriverException.permanent(
        MISSING,
        "volume " + name + ": this node has none; 'berth volume ls' lists those there are",
        e);
  }
}
