package dev.berth.agent.driver.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.RuntimeDriver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What the daemon says, as it says it: docker-java's own types leave out fields that are needed
/// here.
final class DaemonJson {
  private static final int MOST_BYTES = 64 << 20;
  private static final int PAIRS_MAX = 1000;
  private static final int PAIRS_CHARS = 32 << 10;

  private final DockerApi api;
  private final ObjectMapper mapper = new ObjectMapper();

  DaemonJson(DockerApi api) {
    this.api = api;
  }

  /// Asks for something.
  ///
  /// @param target path and query; its parts have been checked or encoded
  /// @return empty: there is no such thing
  /// @throws DriverException retryable, when the daemon is away or cannot say it
  Optional<JsonNode> get(String target) throws DriverException {
    return get(target, RuntimeDriver.CALL_LIMIT);
  }

  /// The same with more time.
  ///
  /// @param silence longest time without an answer
  Optional<JsonNode> get(String target, Duration silence) throws DriverException {
    try (DaemonStream answer = api.stream("GET", target, "", silence)) {
      byte[] body = answer.body().readNBytes(MOST_BYTES);
      if (answer.status() == 404) {
        return Optional.empty();
      }
      if (answer.status() != 200) {
        throw DriverException.retryable(
            "RuntimeUnavailable", Refusals.words(new String(body, StandardCharsets.UTF_8)), null);
      }
      return Optional.of(mapper.readTree(body));
    } catch (IOException e) {
      throw Thread.currentThread().isInterrupted()
          ? DriverException.retryable("Interrupted", "the call was interrupted", e)
          : api.unavailable(e);
    }
  }

  /// Words by name, as many as a message may have; what would be too much is left out.
  static Map<String, String> pairs(JsonNode object) {
    Map<String, String> pairs = new TreeMap<>();
    int room = PAIRS_CHARS;
    for (Map.Entry<String, JsonNode> pair : object.properties()) {
      String value = pair.getValue().asText("");
      int length = pair.getKey().length() + value.length();
      if (pairs.size() < PAIRS_MAX && length <= room) {
        pairs.put(pair.getKey(), value);
        room -= length;
      }
    }
    return pairs;
  }

  /// A word; empty where there is none.
  static String text(JsonNode object, String field) {
    return object.path(field).asText("");
  }
}
