package dev.berth.agent.driver.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Labels;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.agent.driver.RuntimeListener;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the daemon's events of our containers and opens them again whenever they break.
///
/// The daemon begins its answer a moment before it begins to collect events, so every opening asks
/// for a few seconds of the past as well. Told twice is harmless: an event only says where to look,
/// and what is told is what the daemon says when asked.
///
/// A daemon that hangs keeps the connection open and is silent, as one with nothing to say is. So
/// it is asked for a sign of life now and then, and given up when there is none.
final class EventFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventFollower.class);
  private static final Duration OVERLAP = Duration.ofSeconds(3);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);
  private static final Duration FIRST_WAIT = Duration.ofMillis(50);

  /// Looks at one container.
  interface Inspector {
    Observation inspect(RuntimeHandle handle) throws DriverException;
  }

  /// Time limits.
  ///
  /// @param signOfLife how often the daemon is asked for one
  /// @param answer longest wait for it
  record Limits(Duration signOfLife, Duration answer) {}

  private final DockerApi api;
  private final String filters;
  private final Inspector inspector;
  private final ContainerStates states;
  private final RuntimeListener listener;
  private final Limits limits;
  private final ObjectMapper mapper = new ObjectMapper();
  private volatile boolean closed;
  private volatile @Nullable DaemonStream open;
  private @Nullable Thread reader;
  private @Nullable Thread pulse;

  EventFollower(
      DockerApi api,
      Owner owner,
      Inspector inspector,
      ContainerStates states,
      RuntimeListener listener,
      Limits limits) {
    this.api = api;
    this.inspector = inspector;
    this.states = states;
    this.listener = listener;
    this.limits = limits;
    filters = filters(owner);
  }

  private String filters(Owner owner) {
    var json = mapper.createObjectNode();
    json.putArray("type").add("container");
    json.putArray("event").add("start").add("pause").add("unpause").add("die").add("destroy");
    json.putArray("label")
        .add(Labels.CLUSTER + "=" + owner.clusterUid())
        .add(Labels.NODE + "=" + owner.node());
    return URLEncoder.encode(json.toString(), StandardCharsets.UTF_8);
  }

  void start() {
    reader = Thread.ofVirtual().name("docker-events").start(this::read);
    pulse = Thread.ofVirtual().name("docker-pulse").start(this::feelPulse);
  }

  @Override
  public void close() {
    closed = true;
    breakStream();
    for (Thread thread : new Thread[] {reader, pulse}) {
      if (thread != null) {
        thread.interrupt();
      }
    }
  }

  private void read() {
    Instant since = Instant.now();
    Duration wait = FIRST_WAIT;
    boolean flowing = true; // so that a daemon that is away from the start is told
    while (!closed) {
      String target = "/events?since=" + stamp(since.minus(OVERLAP)) + "&filters=" + filters;
      String why;
      try (DaemonStream stream = api.stream("GET", target, "", limits.answer())) {
        if (stream.status() != 200) {
          throw new IOException("docker answered " + stream.status());
        }
        open = stream;
        stream.silence(Duration.ZERO);
        since = Instant.now();
        wait = FIRST_WAIT;
        flowing = true;
        listener.resumed();
        why = follow(stream);
      } catch (IOException | DriverException | RuntimeException e) {
        why = e.getMessage() == null ? "no sign of life" : e.getMessage();
      } finally {
        open = null;
      }
      if (closed) {
        return;
      }
      if (flowing) {
        LOG.info("docker events broke off, opening them again: {}", why);
        flowing = false;
        listener.interrupted(why);
        api.renew();
      }
      if (!pause(wait)) {
        return;
      }
      wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait.multipliedBy(2);
    }
  }

  private String follow(DaemonStream stream) throws IOException, DriverException {
    try (MappingIterator<JsonNode> events =
        mapper.readerFor(JsonNode.class).readValues(stream.body())) {
      while (!closed && events.hasNextValue()) {
        told(events.nextValue());
      }
    }
    return "docker ended its events";
  }

  private void told(JsonNode event) throws DriverException {
    JsonNode attributes = event.path("Actor").path("Attributes");
    String container = event.path("Actor").path("ID").asText("");
    String instance = attributes.path(Labels.INSTANCE).asText("");
    if (container.isEmpty() || instance.isEmpty()) {
      return;
    }
    RuntimeHandle handle = new RuntimeHandle(DockerDriver.NAME, instance, container);
    switch (event.path("Action").asText("")) {
      case "start" -> {
        long nanos = event.path("timeNano").asLong(0);
        Instant at = nanos > 0 ? Instant.ofEpochSecond(0, nanos) : Instant.now();
        listener.changed(
            new Observation(
                handle, new RunState.Running(states.startTime(container, at)), labels(attributes)));
      }
      // A failure here ends this stream: the next one tells the event again.
      case "pause", "unpause", "die" -> listener.changed(inspector.inspect(handle));
      case "destroy" -> {
        states.forget(container);
        listener.changed(new Observation(handle, new RunState.Gone(), labels(attributes)));
      }
      default -> LOG.debug("docker told of something that was not asked for: {}", event);
    }
  }

  private static Map<String, String> labels(JsonNode attributes) {
    Map<String, String> labels = new HashMap<>();
    attributes
        .properties()
        .forEach(
            entry -> {
              if (entry.getKey().startsWith("dev.berth.")) {
                labels.put(entry.getKey(), entry.getValue().asText(""));
              }
            });
    return labels;
  }

  private void feelPulse() {
    while (pause(limits.signOfLife())) {
      if (open != null) {
        try {
          var _ = api.call("ping", limits.answer(), client -> client.pingCmd().exec());
        } catch (DriverException e) {
          LOG.warn("docker gives no sign of life: {}", e.getMessage());
          breakStream();
        } catch (RuntimeException e) {
          LOG.warn("docker answers a ping with an error: {}", e.getMessage());
        }
      }
    }
  }

  private void breakStream() {
    DaemonStream stream = open;
    if (stream != null) {
      stream.close();
    }
  }

  private boolean pause(Duration wait) {
    try {
      long millis = wait.toMillis();
      Thread.sleep(ThreadLocalRandom.current().nextLong(millis / 2, millis + 1));
      return !closed;
    } catch (InterruptedException _) {
      return false;
    }
  }

  private static String stamp(Instant time) {
    return "%d.%09d".formatted(time.getEpochSecond(), time.getNano());
  }
}
