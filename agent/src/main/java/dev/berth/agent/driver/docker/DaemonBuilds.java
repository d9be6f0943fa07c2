package dev.berth.agent.driver.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.ImageBuilder;
import dev.berth.v1.BuildOrder;
import dev.berth.v1.Image;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;

/// Builds images with the daemon's own builder, the classic one: it is part of every daemon.
final class DaemonBuilds implements ImageBuilder {
  /// A step may say nothing for long.
  private static final Duration SILENCE = Duration.ofDays(1);

  private static final int MOST_ANSWER_BYTES = 64 << 10;
  private static final int SERVER_ERROR = 500;
  private static final Pattern ID = Pattern.compile("sha256:[0-9a-f]{64}");

  private final DockerApi api;
  private final DaemonImages images;
  private final DaemonDisk disk;
  private final ObjectMapper mapper = new ObjectMapper();

  DaemonBuilds(DockerApi api, DaemonImages images, DaemonDisk disk) {
    this.api = api;
    this.images = images;
    this.disk = disk;
  }

  @Override
  public Image build(BuildOrder order, InputStream context, Output output) throws DriverException {
    BuildRequest request = new BuildRequest(order);
    String id;
    try (DaemonStream answer =
        api.upload("POST", request.target(), request.headers(), context, SILENCE)) {
      if (answer.status() != 200) {
        String words =
            Refusals.words(
                new String(answer.body().readNBytes(MOST_ANSWER_BYTES), StandardCharsets.UTF_8));
        throw answer.status() >= SERVER_ERROR && !words.contains("ockerfile")
            ? DriverException.retryable("BuildBroken", words, null)
            : DriverException.permanent(FAILED, words, null);
      }
      id = follow(answer, output);
    } catch (IOException e) {
      throw Thread.currentThread().isInterrupted()
          ? interrupted(e)
          : DriverException.retryable(
              "BuildBroken", "the build broke off: " + e.getMessage() + "; repeat it", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(e);
    }
    if (!ID.matcher(id).matches()) {
      throw DriverException.retryable("BadAnswer", "docker does not say what it has built", null);
    }
    return images.inspect(id);
  }

  private static DriverException interrupted(Exception e) {
    return DriverException.retryable("Interrupted", "the build was interrupted", e);
  }

  private String follow(DaemonStream answer, Output output)
      throws IOException, DriverException, InterruptedException {
    String id = "";
    try (MappingIterator<JsonNode> items =
        mapper.readerFor(JsonNode.class).readValues(answer.body())) {
      while (items.hasNextValue()) {
        JsonNode item = items.nextValue();
        if (item.hasNonNull("error") || item.hasNonNull("errorDetail")) {
          throw failed(
              item.path("errorDetail").path("message").asText(item.path("error").asText()));
        }
        id = item.path("aux").path("ID").asText(id);
        String text = text(item);
        if (!text.isEmpty() && !output.say(text)) {
          throw new InterruptedException("nobody wants it any more");
        }
      }
    }
    return id;
  }

  private DriverException failed(String words) {
    String plain = Refusals.words(words);
    RegistryTrouble trouble = RegistryTrouble.of(plain);
    return switch (trouble) {
      case LOGIN, UNREACHABLE, UNTRUSTED, NO_ROOM ->
          trouble.failure(trouble.reason(), "to build from", plain, disk);
      default -> DriverException.permanent(FAILED, plain, null);
    };
  }

  /// As docker's command line shows it where there is no terminal: no bars that grow.
  private static String text(JsonNode item) {
    String stream = item.path("stream").asText("");
    String status = item.path("status").asText("");
    if (!stream.isEmpty() || status.isEmpty() || item.path("progressDetail").has("current")) {
      return stream;
    }
    String about = item.path("id").asText("");
    return (about.isEmpty() ? "" : about + ": ") + status + "\n";
  }
}
