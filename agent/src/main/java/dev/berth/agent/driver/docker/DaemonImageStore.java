package dev.berth.agent.driver.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.ReclaimableImages;
import dev.berth.spec.Names;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The images of a Docker daemon, as something that takes up room. Used by one thread.
final class DaemonImageStore implements ReclaimableImages {
  private static final Duration REMOVE_LIMIT = Duration.ofMinutes(2);
  private static final String NONE = "<none>";

  private final DockerApi api;
  private final ImageUsers users;
  private final DaemonJson json;

  /// When each came. It is asked once: a look at each image is a call.
  private final Map<String, Instant> since = new HashMap<>();

  DaemonImageStore(DockerApi api, Owner owner) {
    this.api = api;
    users = new ImageUsers(api, owner);
    json = new DaemonJson(api);
  }

  @Override
  public List<Held> held() throws DriverException {
    List<Held> held = new ArrayList<>();
    Set<String> present = new HashSet<>();
    for (JsonNode image : json.get("/images/json").orElse(MissingNode.getInstance())) {
      String id = DaemonJson.text(image, "Id");
      present.add(id);
      held.add(
          new Held(
              id,
              names(image),
              Math.max(0, image.path("Size").asLong()),
              since(id, Instant.ofEpochSecond(image.path("Created").asLong())),
              isAlone(image) ? Use.FREE_AND_ALONE : Use.FREE));
    }
    since.keySet().retainAll(present);
    // After the images: one that was used by then is used.
    ImageUsers.Now now = users.now();
    return held.stream()
        .map(
            each ->
                new Held(
                    each.id(),
                    each.names(),
                    each.bytes(),
                    each.since(),
                    now.containers(each.id()).isEmpty() ? each.use() : Use.USED))
        .toList();
  }

  /// Whether it has a name, and never was in a registry.
  private static boolean isAlone(JsonNode image) {
    return !words(image.path("RepoTags")).isEmpty() && words(image.path("RepoDigests")).isEmpty();
  }

  private static List<String> names(JsonNode image) {
    List<String> tags = words(image.path("RepoTags"));
    return tags.isEmpty() ? words(image.path("RepoDigests")) : tags;
  }

  private static List<String> words(JsonNode list) {
    List<String> words = new ArrayList<>();
    list.forEach(
        each -> {
          if (!each.asText().contains(NONE)) {
            words.add(each.asText());
          }
        });
    return words;
  }

  private Instant since(String id, Instant built) throws DriverException {
    Instant known = since.get(id);
    if (known == null) {
      JsonNode seen = json.get("/images/" + id + "/json").orElse(MissingNode.getInstance());
      known =
          VolumeMessage.time(DaemonJson.text(seen.path("Metadata"), "LastTagTime"))
              .map(time -> Instant.ofEpochSecond(time.getSeconds(), time.getNanos()))
              // A time of Go that was never set is in the year 1.
              .filter(tagged -> tagged.isAfter(built))
              .orElse(built);
      since.put(id, known);
    }
    return known;
  }

  @Override
  public Set<String> ids(Collection<String> references) throws DriverException {
    Set<String> ids = new HashSet<>();
    for (String reference : Set.copyOf(references)) {
      if (Names.imageProblem(reference) == null) {
        json.get("/images/" + reference + "/json")
            .ifPresent(image -> ids.add(DaemonJson.text(image, "Id")));
      }
    }
    return ids;
  }

  @Override
  public boolean remove(Held image) throws DriverException {
    // Name by name and never by force: the daemon refuses where a container has come to need it.
    for (String name : image.names()) {
      if (!removeOne(name)) {
        return false;
      }
    }
    boolean left = json.get("/images/" + encoded(image.id()) + "/json").isPresent();
    return !left || removeOne(image.id());
  }

  private boolean removeOne(String name) throws DriverException {
    try {
      var _ =
          api.call(
              "remove image",
              REMOVE_LIMIT,
              client -> Optional.ofNullable(client.removeImageCmd(name).exec()));
      return true;
    } catch (NotFoundException _) {
      return true; // Its other names went with one of them.
    } catch (ConflictException _) {
      return false;
    } catch (DockerException e) {
      throw Refusals.retryable("ImageFailed", e);
    }
  }

  @Override
  public Optional<Path> directory() throws DriverException {
    JsonNode info = json.get("/info").orElse(MissingNode.getInstance());
    String root = DaemonJson.text(info, "DockerRootDir");
    return root.startsWith("/") && Files.isDirectory(Path.of(root))
        ? Optional.of(Path.of(root))
        : Optional.empty();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
