package dev.berth.agent.driver.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.model.AuthConfig;
import dev.berth.spec.ImageRules;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Registry credentials as `docker login` leaves them: `auths`, `credHelpers` and `credsStore` of
/// `config.json`. The file is read anew for each pull, so that a login counts at once. What cannot
/// be read gives no credentials: a public image can still be pulled.
final class RegistryCredentials {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryCredentials.class);
  private static final Duration HELPER_LIMIT = Duration.ofSeconds(10);
  private static final int MOST_HELPER_BYTES = 64 << 10;

  private final ObjectMapper mapper = new ObjectMapper();
  private final Path configFile;

  RegistryCredentials(Path configFile) {
    this.configFile = configFile;
  }

  /// The file of the user that the agent runs as.
  static RegistryCredentials ofUser() {
    String directory = System.getenv("DOCKER_CONFIG");
    return new RegistryCredentials(
        directory == null || directory.isEmpty()
            ? Path.of(System.getProperty("user.home", "/root"), ".docker", "config.json")
            : Path.of(directory, "config.json"));
  }

  /// Credentials for the registry of an image reference.
  Optional<AuthConfig> forImage(String image) {
    String registry = ImageRules.registryOf(image);
    JsonNode config;
    try {
      if (!Files.exists(configFile)) {
        return Optional.empty();
      }
      config = mapper.readTree(configFile.toFile());
    } catch (IOException e) {
      LOG.warn("{}: cannot be read, pulling without credentials: {}", configFile, e.toString());
      return Optional.empty();
    }
    String helper = config.path("credHelpers").path(registry).asText("");
    if (helper.isEmpty()) {
      helper = config.path("credsStore").asText("");
    }
    Optional<AuthConfig> ofHelper =
        helper.isEmpty() ? Optional.empty() : askHelper(helper, registry);
    return ofHelper.or(() -> ofAuths(config.path("auths"), registry));
  }

  private static Optional<AuthConfig> ofAuths(JsonNode auths, String registry) {
    for (String key : List.of(registry, "https://" + registry, "http://" + registry)) {
      for (String form : List.of(key, key + "/", key + "/v1/", key + "/v2/")) {
        JsonNode entry = auths.path(form);
        if (entry.isObject()) {
          return ofEntry(entry, registry);
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<AuthConfig> ofEntry(JsonNode entry, String registry) {
    AuthConfig auth = new AuthConfig().withRegistryAddress(registry);
    String token = entry.path("identitytoken").asText("");
    if (!token.isEmpty()) {
      return Optional.of(auth.withIdentityToken(token));
    }
    String user = entry.path("username").asText("");
    String password = entry.path("password").asText("");
    String encoded = entry.path("auth").asText("");
    if (!encoded.isEmpty()) {
      try {
        String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        int colon = pair.indexOf(':');
        if (colon > 0) {
          user = pair.substring(0, colon);
          password = pair.substring(colon + 1).replace("\0", "");
        }
      } catch (IllegalArgumentException _) {
        LOG.warn("the entry of registry {} has an auth that is not base64; not used", registry);
      }
    }
    return user.isEmpty()
        ? Optional.empty()
        : Optional.of(auth.withUsername(user).withPassword(password));
  }

  private Optional<AuthConfig> askHelper(String helper, String registry) {
    if (!helper.matches("[A-Za-z0-9_-]+")) {
      LOG.warn("{}: credential helper has a strange name; not run", configFile);
      return Optional.empty();
    }
    String program = "docker-credential-" + helper;
    Process process = null;
    try {
      process =
          new ProcessBuilder(program, "get").redirectError(ProcessBuilder.Redirect.DISCARD).start();
      try (OutputStream in = process.getOutputStream()) {
        in.write(registry.getBytes(StandardCharsets.UTF_8));
      }
      Process asked = process;
      Thread guard =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      if (!asked.waitFor(HELPER_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                        asked.destroyForcibly();
                      }
                    } catch (InterruptedException _) {
                      Thread.currentThread().interrupt();
                    }
                  });
      byte[] answer = process.getInputStream().readNBytes(MOST_HELPER_BYTES);
      guard.join();
      if (process.exitValue() != 0) {
        return Optional.empty(); // it has none for this registry
      }
      JsonNode found = mapper.readTree(answer);
      String user = found.path("Username").asText("");
      String secret = found.path("Secret").asText("");
      AuthConfig auth = new AuthConfig().withRegistryAddress(registry);
      return Optional.of(
          user.equals("<token>")
              ? auth.withIdentityToken(secret)
              : auth.withUsername(user).withPassword(secret));
    } catch (IOException e) {
      LOG.warn("{}: cannot be used, pulling without it: {}", program, e.getMessage());
      return Optional.empty();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      if (process != null) {
        process.destroyForcibly();
      }
    }
  }
}
