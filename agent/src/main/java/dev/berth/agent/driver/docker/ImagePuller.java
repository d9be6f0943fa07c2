package dev.berth.agent.driver.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.api.model.AuthConfig;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.PrepareListener;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Pulls images. A pull has no time limit as a whole, but silence ends it.
final class ImagePuller {
  private static final long REPORT_NANOS = Duration.ofMillis(250).toNanos();
  private static final int MOST_ERROR_BYTES = 16 << 10;

  private final DockerApi api;
  private final RegistryCredentials credentials;
  private final Duration silence;
  private final ObjectMapper mapper = new ObjectMapper();

  /// @param silence longest time without any news of the daemon
  ImagePuller(DockerApi api, RegistryCredentials credentials, Duration silence) {
    this.api = api;
    this.credentials = credentials;
    this.silence = silence;
  }

  /// Fetches an image; the daemon joins pulls of the same image by itself.
  void pull(String image, PrepareListener listener) throws DriverException {
    try (DaemonStream answer = api.stream("POST", target(image), headers(image), silence)) {
      if (answer.status() != 200) {
        String words =
            new String(answer.body().readNBytes(MOST_ERROR_BYTES), StandardCharsets.UTF_8);
        throw Refusals.pull(image, words);
      }
      follow(image, answer, listener);
    } catch (JsonProcessingException e) {
      throw DriverException.retryable(
          "ImagePullFailed", "image " + image + ": docker's answer cannot be read", e);
    } catch (IOException | RuntimeException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw DriverException.retryable("Interrupted", "the pull was interrupted", e);
      }
      throw DriverException.retryable(
          "ImagePullFailed",
          "image " + image + ": the pull broke off (" + e.getMessage() + "); it is tried again",
          e);
    }
  }

  private void follow(String image, DaemonStream answer, PrepareListener listener)
      throws IOException, DriverException {
    PullTracker tracker = new PullTracker();
    long reported = System.nanoTime() - REPORT_NANOS;
    boolean news = false;
    try (MappingIterator<JsonNode> items =
        mapper.readerFor(JsonNode.class).readValues(answer.body())) {
      while (items.hasNextValue()) {
        JsonNode item = items.nextValue();
        String error = text(item, "error");
        if (error == null && item.has("errorDetail")) {
          error = text(item.path("errorDetail"), "message");
        }
        if (error != null) {
          throw Refusals.pull(image, error);
        }
        JsonNode detail = item.path("progressDetail");
        news |=
            tracker.accept(
                text(item, "id"),
                text(item, "status"),
                number(detail, "current"),
                number(detail, "total"));
        long now = System.nanoTime();
        if (news && now - reported >= REPORT_NANOS) {
          listener.pulling(tracker.progress());
          reported = now;
          news = false;
        }
      }
    }
  }

  private static @Nullable String text(JsonNode node, String field) {
    JsonNode value = node.get(field);
    return value == null || value.isNull() || value.asText().isEmpty() ? null : value.asText();
  }

  private static @Nullable Long number(JsonNode node, String field) {
    JsonNode value = node.get(field);
    return value == null || !value.isNumber() ? null : Math.max(0, value.asLong());
  }

  /// Without a tag the daemon would pull every tag there is.
  static String target(String image) {
    int at = image.indexOf('@');
    int colon = image.indexOf(':', image.lastIndexOf('/') + 1);
    String repository;
    String tag;
    if (at >= 0) {
      repository = colon >= 0 && colon < at ? image.substring(0, colon) : image.substring(0, at);
      tag = image.substring(at + 1);
    } else if (colon >= 0) {
      repository = image.substring(0, colon);
      tag = image.substring(colon + 1);
    } else {
      repository = image;
      tag = "latest";
    }
    return "/images/create?fromImage=" + encoded(repository) + "&tag=" + encoded(tag);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private String headers(String image) {
    return credentials.forImage(image).map(this::header).orElse("");
  }

  private String header(AuthConfig auth) {
    ObjectNode json = mapper.createObjectNode();
    putIfPresent(json, "username", auth.getUsername());
    putIfPresent(json, "password", auth.getPassword());
    putIfPresent(json, "identitytoken", auth.getIdentitytoken());
    putIfPresent(json, "serveraddress", auth.getRegistryAddress());
    byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
    return "X-Registry-Auth: " + Base64.getUrlEncoder().encodeToString(bytes) + "\r\n";
  }

  private static void putIfPresent(ObjectNode json, String field, @Nullable String value) {
    if (value != null) {
      json.put(field, value);
    }
  }
}
