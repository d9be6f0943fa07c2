package dev.berth.agent.driver.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.ImageArchives;
import dev.berth.v1.Image;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Archives of a daemon's images.
final class DaemonArchives implements ImageArchives {
  /// The daemon gathers all layers before it sends the first byte, and unpacks them after the last.
  private static final Duration SILENCE = Duration.ofHours(1);

  private static final int MOST_ANSWER_BYTES = 64 << 10;
  private static final int MOST_IMAGES = 1000;
  private static final String NAMED = "Loaded image: ";
  private static final String UNNAMED = "Loaded image ID: ";

  private final DockerApi api;
  private final DaemonImages images;
  private final DaemonDisk disk;
  private final ObjectMapper mapper = new ObjectMapper();

  DaemonArchives(DockerApi api, DaemonImages images, DaemonDisk disk) {
    this.api = api;
    this.images = images;
    this.disk = disk;
  }

  @Override
  public Archive save(List<String> names) throws DriverException {
    for (String name : names) {
      // The daemon does not always say which one it lacks.
      var _ = images.look(name);
    }
    String target =
        "/images/get?"
            + names.stream()
                .map(name -> "names=" + URLEncoder.encode(name, StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    DaemonStream answer = api.stream("GET", target, "", SILENCE);
    boolean good = false;
    try {
      if (answer.status() != 200) {
        throw DriverException.retryable("SaveFailed", words(answer), null);
      }
      good = true;
      return new Archive() {
        @Override
        public InputStream bytes() {
          return answer.body();
        }

        @Override
        public void close() {
          answer.close();
        }
      };
    } finally {
      if (!good) {
        answer.close();
      }
    }
  }

  @Override
  public List<Image> load(InputStream archive) throws DriverException {
    Set<String> loaded;
    try (DaemonStream answer = api.upload("POST", "/images/load?quiet=1", "", archive, SILENCE)) {
      if (answer.status() != 200) {
        throw refused(words(answer));
      }
      loaded = follow(answer);
    } catch (IOException e) {
      throw Thread.currentThread().isInterrupted()
          ? DriverException.retryable("Interrupted", "the load was interrupted", e)
          : DriverException.retryable("LoadFailed", "the load broke off: " + e.getMessage(), e);
    }
    if (loaded.isEmpty()) {
      throw refused("it holds no image");
    }
    List<Image> there = new ArrayList<>();
    for (String each : loaded) {
      there.add(images.inspect(each));
    }
    return there;
  }

  private Set<String> follow(DaemonStream answer) throws IOException, DriverException {
    Set<String> loaded = new LinkedHashSet<>();
    try (MappingIterator<JsonNode> items =
        mapper.readerFor(JsonNode.class).readValues(answer.body())) {
      while (items.hasNextValue()) {
        JsonNode item = items.nextValue();
        if (item.hasNonNull("error") || item.hasNonNull("errorDetail")) {
          throw refused(
              item.path("errorDetail").path("message").asText(item.path("error").asText()));
        }
        String said = item.path("stream").asText("").strip();
        if (loaded.size() < MOST_IMAGES && said.startsWith(NAMED)) {
          loaded.add(said.substring(NAMED.length()));
        } else if (loaded.size() < MOST_IMAGES && said.startsWith(UNNAMED)) {
          loaded.add(said.substring(UNNAMED.length()));
        }
      }
    }
    return loaded;
  }

  private DriverException refused(String words) {
    String plain = Refusals.words(words);
    RegistryTrouble trouble = RegistryTrouble.of(plain);
    return trouble == RegistryTrouble.NO_ROOM
        ? DriverException.retryable("LoadFailed", plain + "; " + disk.advice(), null)
        : DriverException.permanent("LoadFailed", "the archive cannot be loaded: " + plain, null);
  }

  private static String words(DaemonStream answer) throws DriverException {
    try {
      byte[] said = answer.body().readNBytes(MOST_ANSWER_BYTES);
      return Refusals.words(new String(said, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw DriverException.retryable(
          "RuntimeUnavailable", "docker's answer broke off: " + e.getMessage(), e);
    }
  }
}
