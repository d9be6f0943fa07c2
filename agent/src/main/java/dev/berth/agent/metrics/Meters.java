package dev.berth.agent.metrics;

import dev.berth.agent.port.AgentMetrics;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.Kind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The agent's meters, in Prometheus' conventions: `berth_…_seconds`, `_bytes`, `_total`.
final class Meters implements AgentMetrics, AutoCloseable {
  private static final Duration[] CALL_BOUNDS = {
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(2),
    Duration.ofSeconds(10)
  };

  private static final Duration[] PHASE_BOUNDS = {
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2_500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
    Duration.ofMinutes(1),
    Duration.ofMinutes(2),
    Duration.ofMinutes(5)
  };
  private static final String PHASE_PREFIX = "BOOT_PHASE_KIND_";

  private record Call(String driver, String verb, String outcome) {}

  private record Phase(Kind kind, BootPhaseKind phase) {}

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ConcurrentMap<Call, Timer> calls = new ConcurrentHashMap<>();
  private final ConcurrentMap<Phase, Timer> phases = new ConcurrentHashMap<>();
  private final AtomicInteger connected = new AtomicInteger();
  private final Counter sessions;
  private final Counter reclaimedImages;
  private final Counter reclaimedBytes;
  private final Timer dispatch;
  private final JvmGcMetrics gc = new JvmGcMetrics();

  Meters(InstanceCollector instances) {
    // Their names are not as Prometheus has them: one ends in _count, one has nanoseconds.
    registry.config().meterFilter(denied("system.cpu.count"));
    registry.config().meterFilter(denied("process.cpu.time"));
    registry.getPrometheusRegistry().register(instances);
    Gauge.builder("berth.session.connected", connected, AtomicInteger::get)
        .description("1 while the agent has a session with the leading controller, else 0.")
        .register(registry);
    sessions =
        Counter.builder("berth.sessions.opened")
            .description("Sessions with controllers that were opened.")
            .register(registry);
    reclaimedImages =
        Counter.builder("berth.images.reclaimed")
            .description("Images of containers removed because their file system was nearly full.")
            .register(registry);
    reclaimedBytes =
        Counter.builder("berth.images.reclaimed.bytes")
            .description("Room that these gave back, in bytes.")
            .register(registry);
    dispatch =
        Timer.builder("berth.dispatch")
            .description("Time from the arrival of an assignment to the first call of a driver.")
            .serviceLevelObjectives(CALL_BOUNDS)
            .register(registry);
    Gauge.builder("process.resident.memory", Meters::residentBytes)
        .baseUnit("bytes")
        .description("Resident memory of the agent, in bytes.")
        .register(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    gc.bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
  }

  @Override
  public void driverCall(String driver, String verb, Outcome outcome, long nanos) {
    calls
        .computeIfAbsent(
            new Call(driver, verb, outcome.name().toLowerCase(Locale.ROOT)), this::timer)
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void dispatch(long nanos) {
    dispatch.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void bootPhase(Kind kind, BootPhaseKind phase, Duration since) {
    if (phase.name().startsWith(PHASE_PREFIX)
        && phase != BootPhaseKind.BOOT_PHASE_KIND_UNSPECIFIED) {
      phases
          .computeIfAbsent(new Phase(kind, phase), this::timer)
          .record(since.isNegative() ? Duration.ZERO : since);
    }
  }

  @Override
  public void imageReclaimed(long bytes) {
    reclaimedImages.increment();
    reclaimedBytes.increment((double) bytes);
  }

  @Override
  public void session(boolean open) {
    if (connected.getAndSet(open ? 1 : 0) == 0 && open) {
      sessions.increment();
    }
  }

  /// All metrics in Prometheus' text format.
  String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }

  private Timer timer(Call call) {
    return Timer.builder("berth.driver.call")
        .description("Time that calls of the runtime took.")
        .tag("driver", call.driver())
        .tag("verb", call.verb())
        .tag("outcome", call.outcome())
        .serviceLevelObjectives(CALL_BOUNDS)
        .register(registry);
  }

  private Timer timer(Phase phase) {
    String name = phase.phase().name().substring(PHASE_PREFIX.length());
    return Timer.builder("berth.instance.phase")
        .description("Time from the beginning of an instance's start to each of its phases.")
        .tag("kind", InstanceCollector.kind(phase.kind()))
        .tag("phase", name.toLowerCase(Locale.ROOT))
        .serviceLevelObjectives(PHASE_BOUNDS)
        .register(registry);
  }

  private static MeterFilter denied(String name) {
    return new MeterFilter() {
      @Override
      public MeterFilterReply accept(Meter.Id id) {
        return id.getName().equals(name) ? MeterFilterReply.DENY : MeterFilterReply.NEUTRAL;
      }
    };
  }

  private static double residentBytes() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024.0;
        }
      }
    } catch (IOException | NumberFormatException _) {
      return Double.NaN;
    }
    return Double.NaN;
  }
}
