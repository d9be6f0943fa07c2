package dev.berth.agent.driver.docker;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Version;
import dev.berth.agent.driver.ContainerImages;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.ImageArchives;
import dev.berth.agent.driver.ImageBuilder;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.PrepareListener;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.v1.ContainerImage;
import dev.berth.v1.Image;
import dev.berth.v1.ImageRemoval;
import dev.berth.v1.ImageStep;
import dev.berth.v1.Kind;
import dev.berth.v1.RegistryLogin;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The images of a Docker daemon.
final class DaemonImages implements ContainerImages {
  private static final Duration REMOVE_LIMIT = Duration.ofMinutes(2);
  private static final Duration PRUNE_SILENCE = Duration.ofMinutes(10);
  private static final int MOST_PRUNE_BYTES = 16 << 20;
  private static final int MOST_HISTORY_BYTES = 4 << 20;
  private static final int LISTED_MAX = 1000;
  private static final String DIGEST = "sha256:";

  private final DockerApi api;
  private final ImageUsers users;
  private final ImageArchives archives;
  private final ImageBuilder builder;
  private final ImageTransfer transfer;
  private final ObjectMapper mapper = new ObjectMapper();

  DaemonImages(DockerApi api, Owner owner, ImageTransfer transfer) {
    this.api = api;
    this.transfer = transfer;
    users = new ImageUsers(api, owner);
    DaemonDisk disk = new DaemonDisk(api, owner);
    archives = new DaemonArchives(api, this, disk);
    builder = new DaemonBuilds(api, this, disk);
  }

  @Override
  public List<Image> list() throws DriverException {
    ImageUsers.Now now = users.now();
    var images = ask("list images", "images", client -> client.listImagesCmd().exec());
    List<Image> listed = new ArrayList<>();
    for (var each : images) {
      if (each == null || each.getId() == null) {
        throw DriverException.retryable("BadAnswer", "docker listed an image without id", null);
      }
      listed.add(ImageMessage.listed(each, now.instances(each.getId())));
    }
    listed.sort(
        Comparator.comparing((Image each) -> each.getNamesCount() == 0)
            .thenComparing(each -> each.getNamesCount() == 0 ? "" : each.getNames(0)));
    return listed;
  }

  @Override
  public Image inspect(String image) throws DriverException {
    InspectImageResponse seen = look(image);
    Version version = ask("version", image, client -> client.versionCmd().exec());
    return ImageMessage.seen(
        seen,
        users.now().instances(String.valueOf(seen.getId())),
        String.valueOf(version.getArch()));
  }

  @Override
  public List<ImageStep> history(String image) throws DriverException {
    String id = String.valueOf(look(image).getId());
    try (DaemonStream answer =
        api.stream("GET", "/images/" + id + "/history", "", RuntimeDriver.CALL_LIMIT)) {
      byte[] body = answer.body().readNBytes(MOST_HISTORY_BYTES);
      if (answer.status() != 200) {
        throw DriverException.retryable(
            "ImageFailed", Refusals.words(new String(body, StandardCharsets.UTF_8)), null);
      }
      return ImageSteps.of(mapper.readTree(body));
    } catch (IOException e) {
      throw api.unavailable(e);
    }
  }

  @Override
  public ImageArchives archives() {
    return archives;
  }

  @Override
  public ImageBuilder builder() {
    return builder;
  }

  @Override
  public Image pull(String image, Optional<RegistryLogin> login, PrepareListener listener)
      throws DriverException {
    transfer.pull(image, login, listener);
    return inspect(image);
  }

  @Override
  public Image push(String image, Optional<RegistryLogin> login, PrepareListener listener)
      throws DriverException {
    var _ = look(image);
    transfer.push(image, login, listener);
    return inspect(image);
  }

  @Override
  public Image resolve(String image, Optional<RegistryLogin> login) throws DriverException {
    Image.Builder resolved = Image.newBuilder().setKind(Kind.KIND_CONTAINER).addNames(image);
    if (!isOfThisNodeAlone(image)) {
      String digest = transfer.resolve(image, login);
      resolved.setContainer(
          ContainerImage.newBuilder()
              .addDigests(ImageName.parse(image).repository() + "@" + digest));
    }
    return resolved.build();
  }

  /// Whether it is here and was neither pulled nor pushed.
  private boolean isOfThisNodeAlone(String image) throws DriverException {
    try {
      List<String> digests = look(image).getRepoDigests();
      return digests == null || digests.isEmpty();
    } catch (DriverException e) {
      if (e.failure().reason().equals(MISSING)) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public Image tag(String image, String target) throws DriverException {
    ImageName name = ImageName.parse(target);
    String id = String.valueOf(look(image).getId());
    var _ =
        ask(
            "tag",
            image,
            client ->
                Optional.ofNullable(client.tagImageCmd(id, name.repository(), name.tag()).exec()));
    return inspect(target);
  }

  @Override
  public Image remove(String image, boolean force) throws DriverException {
    Image was = inspect(image);
    try {
      var _ =
          api.call(
              "remove image",
              REMOVE_LIMIT,
              client -> Optional.ofNullable(client.removeImageCmd(image).withForce(force).exec()));
    } catch (NotFoundException e) {
      throw missing(image, e);
    } catch (ConflictException e) {
      throw DriverException.permanent(
          IN_USE, image + ": " + conflict(was.getSha256(), Refusals.words(e)), e);
    } catch (DockerException e) {
      throw Refusals.retryable("ImageFailed", e);
    }
    return was;
  }

  /// The daemon names containers by their id, and speaks of force where none helps.
  private String conflict(String id, String words) throws DriverException {
    List<String> containers = users.now().containers(DIGEST + id);
    return containers.isEmpty()
        ? words + "; name one of its names, or use -f"
        : "%s %s it, %s among them; remove what runs from it first"
            .formatted(
                containers.size() == 1 ? "1 container" : containers.size() + " containers",
                containers.size() == 1 ? "needs" : "need",
                containers.getFirst());
  }

  @Override
  public ImageRemoval prune(boolean all, Duration until) throws DriverException {
    String filters =
        "{\"dangling\":[\"%s\"]%s}"
            .formatted(!all, until.isZero() ? "" : ",\"until\":[\"" + until.toSeconds() + "s\"]");
    String target = "/images/prune?filters=" + URLEncoder.encode(filters, StandardCharsets.UTF_8);
    try (DaemonStream answer = api.stream("POST", target, "", PRUNE_SILENCE)) {
      byte[] body = answer.body().readNBytes(MOST_PRUNE_BYTES);
      if (answer.status() != 200) {
        throw DriverException.retryable(
            "ImageFailed", Refusals.words(new String(body, StandardCharsets.UTF_8)), null);
      }
      return removal(mapper.readTree(body));
    } catch (IOException e) {
      throw Thread.currentThread().isInterrupted()
          ? DriverException.retryable("Interrupted", "the removal was interrupted", e)
          : api.unavailable(e);
    }
  }

  private static ImageRemoval removal(JsonNode said) {
    ImageRemoval.Builder removal =
        ImageRemoval.newBuilder().setReclaimedBytes(said.path("SpaceReclaimed").asLong());
    for (JsonNode each : said.path("ImagesDeleted")) {
      String name = each.path("Untagged").asText("");
      String id = each.path("Deleted").asText("");
      if (!name.isEmpty() && removal.getUntaggedCount() < LISTED_MAX) {
        removal.addUntagged(name);
      }
      if (id.startsWith(DIGEST) && removal.getDeletedCount() < LISTED_MAX) {
        removal.addDeleted(id.substring(DIGEST.length()));
      }
    }
    return removal.build();
  }

  InspectImageResponse look(String image) throws DriverException {
    InspectImageResponse seen =
        ask("inspect image", image, client -> client.inspectImageCmd(image).exec());
    if (seen.getId() == null || !seen.getId().startsWith(DIGEST)) {
      throw DriverException.retryable("BadAnswer", "docker showed an image without id", null);
    }
    return seen;
  }

  private <T> T ask(String what, String image, Function<DockerClient, @Nullable T> question)
      throws DriverException {
    try {
      return api.call(
          what, RuntimeDriver.CALL_LIMIT, client -> requireNonNull(question.apply(client)));
    } catch (NotFoundException e) {
      throw missing(image, e);
    } catch (DockerException e) {
      throw Refusals.retryable("ImageFailed", e);
    }
  }

  private static DriverException missing(String image, DockerException e) {
    return DriverException.permanent(
        MISSING, image + ": this node has no such image; 'berth images' lists those there are", e);
  }
}
