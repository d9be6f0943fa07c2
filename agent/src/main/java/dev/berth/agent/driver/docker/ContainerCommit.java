package dev.berth.agent.driver.docker;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.berth.agent.driver.CommitCapable;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Labels;
import dev.berth.v1.Image;
import dev.berth.v1.InstanceCommitRequest;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/// Has the daemon make images of containers.
final class ContainerCommit {
  /// The daemon says nothing before it has written all of it.
  private static final Duration LIMIT = Duration.ofHours(1);

  private static final int MOST_ANSWER_BYTES = 64 << 10;
  private static final int CREATED = 201;
  private static final int SERVER_ERROR = 500;
  private static final int NOT_FOUND = 404;

  // By these labels an agent knows its containers. An image that kept them would hand them on to
  // whatever somebody runs from it, past Berth.
  private static final List<String> OWN =
      List.of(
          Labels.INSTANCE,
          Labels.CLUSTER,
          Labels.NODE,
          Labels.NAMESPACE,
          Labels.WORKLOAD,
          Labels.WORKLOAD_UID,
          Labels.REVISION,
          Labels.SLOT);

  private final DockerApi api;
  private final DaemonImages images;
  private final ObjectMapper mapper = new ObjectMapper();

  ContainerCommit(DockerApi api, DaemonImages images) {
    this.api = api;
    this.images = images;
  }

  /// Makes one.
  ///
  /// @param container its id
  Image commit(String container, InstanceCommitRequest order) throws DriverException {
    try (DaemonStream answer = api.stream("POST", target(container, order), "", LIMIT)) {
      byte[] said = answer.body().readNBytes(MOST_ANSWER_BYTES);
      if (answer.status() != CREATED) {
        throw refusal(answer.status(), new String(said, StandardCharsets.UTF_8));
      }
      return images.inspect(mapper.readTree(said).path("Id").asText(""));
    } catch (IOException e) {
      throw Thread.currentThread().isInterrupted()
          ? DriverException.retryable("Interrupted", "the commit was interrupted", e)
          : api.unavailable(e);
    }
  }

  /// What the daemon is asked.
  static String target(String container, InstanceCommitRequest order) {
    ImageName name = ImageName.parse(order.getImage());
    StringBuilder target =
        new StringBuilder("/commit?container=")
            .append(encoded(container))
            .append("&repo=")
            .append(encoded(name.repository()))
            .append("&tag=")
            .append(encoded(name.tag()))
            .append("&pause=")
            .append(order.getWithoutPause() ? "0" : "1");
    if (!order.getAuthor().isEmpty()) {
      target.append("&author=").append(encoded(order.getAuthor()));
    }
    if (!order.getComment().isEmpty()) {
      target.append("&comment=").append(encoded(order.getComment()));
    }
    order.getChangesList().forEach(each -> target.append("&changes=").append(encoded(each)));
    // The last ones: what comes later counts.
    OWN.forEach(label -> target.append("&changes=").append(encoded("LABEL " + label + "=\"\"")));
    return target.toString();
  }

  private static DriverException refusal(int status, String said) {
    String words = Refusals.words(said);
    if (status == NOT_FOUND) {
      return DriverException.retryable("Vanished", words, null);
    }
    return status >= SERVER_ERROR
        ? DriverException.retryable("CommitFailed", words, null)
        : DriverException.permanent(CommitCapable.REFUSED, words, null);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
