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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Has the daemon pull and push images. A transfer has no time limit as a whole, but silence ends
/// it; so does the end of its thread.
final class ImageTransfer {
  private static final long REPORT_NANOS = Duration.ofMillis(250).toNanos();
  private static final Duration RESOLVE_LIMIT = Duration.ofSeconds(30);
  private static final int MOST_ANSWER_BYTES = 64 << 10;
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

  private final DockerApi api;
  private final RegistryCredentials credentials;
  private final Duration silence;
  private final DaemonDisk disk;
  private final ObjectMapper mapper = new ObjectMapper();

  /// @param silence longest time without any news of the daemon
  ImageTransfer(DockerApi api, RegistryCredentials credentials, Duration silence, DaemonDisk disk) {
    this.api = api;
    this.credentials = credentials;
    this.silence = silence;
    this.disk = disk;
  }

  /// Fetches an image for an instance; the daemon joins pulls of the same image by itself.
  ///
  /// @param login empty: as the node's own configuration says
  void pullForInstance(String image, Optional<RegistryLogin> login, PrepareListener listener)
      throws DriverException {
    pull(image, login, listener, _ -> "ImagePullFailed");
  }

  /// Fetches an image for someone who says who he is.
  ///
  /// @param login empty: as the node's own configuration says
  void pull(String image, Optional<RegistryLogin> login, PrepareListener listener)
      throws DriverException {
    pull(image, login, listener, RegistryTrouble::reason);
  }

  private void pull(
      String image,
      Optional<RegistryLogin> login,
      PrepareListener listener,
      Function<RegistryTrouble, String> reasons)
      throws DriverException {
    transfer(
        new Exchange(
            image,
            "POST",
            ImageName.parse(image).pullTarget(),
            login.map(ImageTransfer::auth).or(() -> credentials.forImage(image)),
            reasons),
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
        new Exchange(
            image,
            "POST",
            ImageName.parse(image).pushTarget(),
            Optional.of(auth),
            RegistryTrouble::reason),
        listener);
  }

  /// Asks a registry which digest a name means.
  ///
  /// @param login empty: as the node's own configuration says
  /// @return "sha256:…"
  String resolve(String image, Optional<RegistryLogin> login) throws DriverException {
    Exchange exchange =
        new Exchange(
            image,
            "GET",
            ImageName.parse(image).resolveTarget(),
            login.map(ImageTransfer::auth).or(() -> credentials.forImage(image)),
            RegistryTrouble::reason);
    return exchange(
        exchange,
        RESOLVE_LIMIT,
        answer -> {
          JsonNode said = mapper.readTree(answer.body().readNBytes(MOST_ANSWER_BYTES));
          String digest = said.path("Descriptor").path("digest").asText("");
          if (!DIGEST.matcher(digest).matches()) {
            throw DriverException.retryable(
                "BadAnswer", "image " + image + ": docker names no digest of it", null);
          }
          return digest;
        });
  }

  /// One question to the daemon about a registry.
  ///
  /// @param reasons what a failure is called
  private record Exchange(
      String image,
      String method,
      String target,
      Optional<AuthConfig> auth,
      Function<RegistryTrouble, String> reasons) {}

  /// Takes an answer in.
  private interface Reading<T> {
    T of(DaemonStream answer) throws IOException, DriverException;
  }

  private void transfer(Exchange exchange, PrepareListener listener) throws DriverException {
    var _ =
        exchange(
            exchange,
            silence,
            answer -> {
              follow(exchange, answer, listener);
              return true;
            });
  }

  private <T> T exchange(Exchange exchange, Duration limit, Reading<T> reading)
      throws DriverException {
    String image = exchange.image();
    String headers = exchange.auth().map(this::header).orElse("");
    try (DaemonStream answer = api.stream(exchange.method(), exchange.target(), headers, limit)) {
      if (answer.status() != 200) {
        String words =
            new String(answer.body().readNBytes(MOST_ANSWER_BYTES), StandardCharsets.UTF_8);
        throw refusal(exchange, words);
      }
      return reading.of(answer);
    } catch (JsonProcessingException e) {
      throw DriverException.retryable(
          exchange.reasons().apply(RegistryTrouble.OTHER),
          "image " + image + ": docker's answer cannot be read",
          e);
    } catch (IOException | RuntimeException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw DriverException.retryable("Interrupted", "the transfer was interrupted", e);
      }
      throw DriverException.retryable(
          exchange.reasons().apply(RegistryTrouble.OTHER),
          "image " + image + ": the transfer broke off (" + e.getMessage() + "); repeat it",
          e);
    }
  }

  private DriverException refusal(Exchange exchange, String words) {
    RegistryTrouble trouble = RegistryTrouble.of(words);
    return trouble.failure(exchange.reasons().apply(trouble), exchange.image(), words, disk);
  }

  private void follow(Exchange exchange, DaemonStream answer, PrepareListener listener)
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
          throw refusal(exchange, error);
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
