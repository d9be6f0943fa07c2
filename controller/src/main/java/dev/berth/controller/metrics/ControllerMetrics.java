package dev.berth.controller.metrics;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.loop.LoopMetrics;
import dev.berth.v1.InstanceState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// Measures the loop, the store, placements, instances, sessions and the JVM.
public final class ControllerMetrics implements LoopMetrics {
  private static final OperatingSystemMXBean JVM = ManagementFactory.getOperatingSystemMXBean();

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<String, Timer> queue = new ConcurrentHashMap<>();
  private final Map<String, Timer> decision = new ConcurrentHashMap<>();
  private final Map<String, Timer> commit = new ConcurrentHashMap<>();
  private final Timer storeSuccess = storeTimer("success");
  private final Timer storeFailure = storeTimer("failure");
  private final Timer turns;
  private final DistributionSummary turnEvents;
  private final Counter placed = placements("placed");
  private final Counter unplaced = placements("unplaced");
  private volatile @Nullable ClusterState state;

  /// Registers everything.
  ///
  /// @param sessions how many agents are connected
  public ControllerMetrics(IntSupplier sessions) {
    turns =
        Timer.builder("berth.loop.turn")
            .description("Time that turns took to be decided")
            .register(registry);
    turnEvents =
        DistributionSummary.builder("berth.loop.turn.events")
            .description("Events that were decided together")
            .register(registry);
    for (InstanceState each : InstanceState.values()) {
      if (each != InstanceState.UNRECOGNIZED && each != InstanceState.INSTANCE_STATE_UNSPECIFIED) {
        Gauge.builder("berth.instances", () -> instancesIn(each))
            .description("Instances by state")
            .tag(
                "state", each.name().substring("INSTANCE_STATE_".length()).toLowerCase(Locale.ROOT))
            .register(registry);
      }
    }
    Gauge.builder("berth.sessions", sessions::getAsInt)
        .description("Agents that are connected")
        .register(registry);
    Gauge.builder("berth.leader", () -> state == null ? 0 : 1)
        .description("1 while this controller leads")
        .register(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    FunctionCounter.builder("process.cpu", JVM, ControllerMetrics::cpuSeconds)
        .description("Processor time that this process used")
        .baseUnit("seconds")
        .register(registry);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
  }

  /// Everything as Prometheus reads it.
  public String scrape() {
    return registry.scrape();
  }

  /// This controller does not lead any more.
  public void leadershipEnded() {
    state = null;
  }

  /// Records a call.
  ///
  /// @param method such as "berth.v1.NodeService/GetNode"
  /// @param code name of the gRPC code
  void called(String method, String code, long nanos) {
    Timer.builder("berth.rpc")
        .description("Time from the start of a call to its end")
        .tag("method", method)
        .tag("code", code)
        .register(registry)
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void decided(String event, long queueNanos, long decisionNanos) {
    timer(queue, "berth.loop.queue", "Time that events waited for the loop", event)
        .record(queueNanos, TimeUnit.NANOSECONDS);
    timer(decision, "berth.loop.decision", "Time that decisions took", event)
        .record(decisionNanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void turn(int events, long nanos) {
    turns.record(nanos, TimeUnit.NANOSECONDS);
    turnEvents.record(events);
  }

  @Override
  public void committed(String event, long commitNanos) {
    timer(commit, "berth.loop.commit", "Time until an event's changes were durable", event)
        .record(commitNanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void storeCommit(long nanos, boolean success) {
    (success ? storeSuccess : storeFailure).record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void placements(int placedNow, int unplacedNow) {
    placed.increment(placedNow);
    unplaced.increment(unplacedNow);
  }

  @Override
  public void published(ClusterState published) {
    state = published;
  }

  private static double cpuSeconds(OperatingSystemMXBean system) {
    return system instanceof com.sun.management.OperatingSystemMXBean detailed
        ? detailed.getProcessCpuTime() / 1e9
        : 0;
  }

  private double instancesIn(InstanceState wanted) {
    ClusterState now = state;
    long found = 0;
    for (InstanceRecord each : now == null ? List.<InstanceRecord>of() : now.instances().values()) {
      if (each.state() == wanted) {
        found++;
      }
    }
    return found;
  }

  private Timer timer(Map<String, Timer> timers, String name, String description, String event) {
    return timers.computeIfAbsent(
        event,
        each -> Timer.builder(name).description(description).tag("event", each).register(registry));
  }

  private Timer storeTimer(String outcome) {
    return Timer.builder("berth.store.commit")
        .description("Time that the store took for a turn's writes")
        .tag("outcome", outcome)
        .register(registry);
  }

  private Counter placements(String outcome) {
    return Counter.builder("berth.placements")
        .description("Slots that got a node, and tries that found none")
        .tag("outcome", outcome)
        .register(registry);
  }
}
