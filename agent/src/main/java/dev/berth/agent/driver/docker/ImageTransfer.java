package dev.berth.agent.driver.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.api.model.AuthConfig;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.PrepareListener;
import dev.berth.v1.RegistryLogin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Has the daemon pull and push images. A transfer has no time limit as a whole, but silence ends
/// it; so does the end of its thread.
final class ImageTransfer {
  private static final long REPORT_NANOS = Duration.ofMillis(250).toNanos();
  private static final int MOST_ERROR_BYTES = 16 << 10;

  private final DockerApi api;
  private final RegistryCredentials credentials;
  private final Duration silence;
  private final ObjectMapper mapper = new ObjectMapper();

  /// @param silence longest time without any news of the daemon
  ImageTransfer(DockerApi api, RegistryCredentials credentials, Duration silence) {
    this.api = api;
    this.credentials = credentials;
    this.silence = silence;
  }

  /// Fetches an image for an instance; the daemon joins pulls of the same image by itself.
  void pull(String image, PrepareListener listener) throws DriverException {
    transfer(
        image,
        ImageName.parse(image).pullTarget(),
        credentials.forImage(image),
        _ -> "ImagePullFailed",
        listener);
  }

  /// Fetches an image for someone who says who he is.
  ///
  /// @param login empty: as the node's own configuration says
  void pull(String image, Optional<RegistryLogin> login, PrepareListener listener)
      throws DriverException {
    transfer(
        image,
        ImageName.parse(image).pullTarget(),
        login.map(ImageTransfer::auth).or(() -> credentials.forImage(image)),
        RegistryTrouble::reason,
        listener);
  }

  /// Brings an image to its registry.
  ///
  /// @param login empty: as the node's own configuration says
  void push(String image, Optional<RegistryLogin> login, PrepareListener listener)
      throws DriverException {
    // The daemon wants the header also when there is nothing to say.
    AuthConfig auth =
        login
            .map(ImageTransfer::auth)
            .or(() -> credentials.forImage(image))
            .orElseGet(AuthConfig::new);
    transfer(
        image,
        ImageName.parse(image).pushTarget(),
        Optional.of(auth),
        RegistryTrouble::reason,
        listener);
  }

  /// @param reasons what a failure is called
  private void transfer(
      String image,
      String target,
      Optional<AuthConfig> auth,
      Function<RegistryTrouble, String> reasons,
      PrepareListener listener)
      throws DriverException {
    String headers = auth.map(this::header).orElse("");
    try (DaemonStream answer = api.stream("POST", target, headers, silence)) {
      if (answer.status() != 200) {
        String words =
            new String(answer.body().readNBytes(MOST_ERROR_BYTES), StandardCharsets.UTF_8);
        throw refusal(image, words, reasons);
      }
      follow(image, answer, reasons, listener);
    } catch (JsonProcessingException e) {
      throw DriverException.retryable(
          reasons.apply(RegistryTrouble.OTHER),
          "image " + image + ": docker's answer cannot be read",
          e);
    } catch (IOException | RuntimeException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw DriverException.retryable("Interrupted", "the transfer was interrupted", e);
      }
      throw DriverException.retryable(
          reasons.apply(RegistryTrouble.OTHER),
          "image " + image + ": the transfer broke off (" + e.getMessage() + "); repeat it",
          e);
    }
  }

  private static DriverException refusal(
      String image, String words, Function<RegistryTrouble, String> reasons) {
    RegistryTrouble trouble = RegistryTrouble.of(words);
    return trouble.failure(reasons.apply(trouble), image, words);
  }

  private void follow(
      String image,
      DaemonStream answer,
      Function<RegistryTrouble, String> reasons,
      PrepareListener listener)
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
          throw refusal(image, error, reasons);
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

  private static AuthConfig auth(RegistryLogin login) {
    AuthConfig auth = new AuthConfig().withRegistryAddress(login.getServer());
    return login.getIdentityToken().isEmpty()
        ? auth.withUsername(login.getUsername()).withPassword(login.getPassword())
        : auth.withIdentityToken(login.getIdentityToken());
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
