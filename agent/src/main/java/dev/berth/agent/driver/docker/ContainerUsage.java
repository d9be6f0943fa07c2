package dev.berth.agent.driver.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.InstanceUsage;
import dev.berth.agent.driver.InstanceUsage.Memory;
import dev.berth.agent.driver.InstanceUsage.Traffic;
import dev.berth.agent.driver.RuntimeHandle;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/// Measures containers: from the kernel's files, and through the daemon where those cannot be
/// read. Answers are kept for a second, so that several scrapers cost what one does.
final class ContainerUsage {
  private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long SLOW_FRESH_NANOS = Duration.ofSeconds(10).toNanos();
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(3);
  // The daemon looks at each file that the container wrote.
  private static final Duration STORAGE_LIMIT = Duration.ofSeconds(30);
  private static final int MOST_SLOW = 64;

  private record Measured(Optional<InstanceUsage> usage, long atNanos, long freshNanos) {
    boolean isFresh(long now) {
      return now - atNanos < freshNanos;
    }
  }

  private final DockerApi api;
  private final CgroupUsage cgroups;
  private final ObjectMapper mapper = new ObjectMapper();
  private final ReentrantLock measuring = new ReentrantLock();
  private final Map<String, Measured> kept = new HashMap<>();

  ContainerUsage(Path root, DockerApi api) {
    this.api = api;
    cgroups = new CgroupUsage(root);
  }

  List<InstanceUsage> of(Collection<RuntimeHandle> handles) {
    measuring.lock();
    try {
      measure(handles);
      List<InstanceUsage> usages = new ArrayList<>();
      for (RuntimeHandle handle : handles) {
        Measured measured = kept.get(handle.runtimeId());
        if (measured != null) {
          Duration age = Duration.ofNanos(Math.max(0, System.nanoTime() - measured.atNanos()));
          measured.usage().map(usage -> usage.aged(age)).ifPresent(usages::add);
        }
      }
      return usages;
    } finally {
      measuring.unlock();
    }
  }

  /// What a container alone has on disk.
  OptionalLong storageBytes(RuntimeHandle handle) {
    String target = "/containers/" + handle.runtimeId() + "/json?size=true";
    try (DaemonStream answer = api.stream("GET", target, "", STORAGE_LIMIT)) {
      return answer.status() == 200
          ? number(mapper.readTree(answer.body()).path("SizeRw"))
          : OptionalLong.empty();
    } catch (DriverException | IOException _) {
      return OptionalLong.empty(); // it went away, or its daemon did
    }
  }

  private void measure(Collection<RuntimeHandle> handles) {
    Set<String> wanted = new HashSet<>();
    List<RuntimeHandle> slow = new ArrayList<>();
    long now = System.nanoTime();
    for (RuntimeHandle handle : handles) {
      wanted.add(handle.runtimeId());
      Measured before = kept.get(handle.runtimeId());
      if (before != null && before.isFresh(now)) {
        continue;
      }
      Optional<InstanceUsage> read = cgroups.of(handle.instanceId(), handle.runtimeId());
      if (read.isPresent()) {
        kept.put(handle.runtimeId(), new Measured(read, now, FRESH_NANOS));
      } else if (slow.size() < MOST_SLOW) {
        slow.add(handle);
      }
    }
    kept.keySet().retainAll(wanted);
    if (!slow.isEmpty()) {
      askDaemon(slow, now);
    }
  }

  private void askDaemon(List<RuntimeHandle> handles, long now) {
    Map<RuntimeHandle, Future<InstanceUsage>> answers = new HashMap<>();
    long deadline = System.nanoTime() + ANSWER_LIMIT.toNanos();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (RuntimeHandle handle : handles) {
        Callable<InstanceUsage> ask = () -> ask(handle);
        answers.put(handle, executor.submit(ask));
      }
      answers.forEach(
          (handle, answer) ->
              kept.put(
                  handle.runtimeId(),
                  new Measured(awaited(answer, deadline), now, SLOW_FRESH_NANOS)));
      executor.shutdownNow();
    }
  }

  private static Optional<InstanceUsage> awaited(Future<InstanceUsage> answer, long deadline) {
    try {
      return Optional.of(
          answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS));
    } catch (TimeoutException | ExecutionException _) {
      return Optional.empty(); // not measured is not exported
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private InstanceUsage ask(RuntimeHandle handle) throws DriverException, IOException {
    String target = "/containers/" + handle.runtimeId() + "/stats?stream=false&one-shot=true";
    try (DaemonStream answer = api.stream("GET", target, "", ANSWER_LIMIT)) {
      if (answer.status() != 200) {
        throw new IOException("docker answered " + answer.status());
      }
      JsonNode stats = mapper.readTree(answer.body());
      JsonNode memory = stats.path("memory_stats");
      JsonNode details = memory.path("stats");
      long cache =
          details.path("total_inactive_file").asLong(details.path("inactive_file").asLong(0));
      OptionalLong used = number(memory.path("usage"));
      OptionalLong received = OptionalLong.empty();
      OptionalLong sent = OptionalLong.empty();
      for (JsonNode network : stats.path("networks")) {
        received = OptionalLong.of(received.orElse(0) + network.path("rx_bytes").asLong(0));
        sent = OptionalLong.of(sent.orElse(0) + network.path("tx_bytes").asLong(0));
      }
      return new InstanceUsage(
          handle.instanceId(),
          number(stats.path("cpu_stats").path("cpu_usage").path("total_usage")),
          Memory.of(
              used.isPresent()
                  ? OptionalLong.of(Math.max(0, used.getAsLong() - cache))
                  : OptionalLong.empty()),
          new Traffic(received, sent),
          disk(stats.path("blkio_stats").path("io_service_bytes_recursive")),
          number(stats.path("pids_stats").path("current")),
          Duration.ZERO);
    }
  }

  private static Traffic disk(JsonNode counters) {
    if (!counters.isArray()) {
      return Traffic.UNKNOWN;
    }
    long read = 0;
    long written = 0;
    for (JsonNode counter : counters) {
      // "Read" or "read", by the version of cgroups.
      String direction = counter.path("op").asText();
      long bytes = counter.path("value").asLong(0);
      read += direction.equalsIgnoreCase("read") ? bytes : 0;
      written += direction.equalsIgnoreCase("write") ? bytes : 0;
    }
    return Traffic.of(read, written);
  }

  private static OptionalLong number(JsonNode node) {
    return node.isNumber() ? OptionalLong.of(node.asLong()) : OptionalLong.empty();
  }
}
