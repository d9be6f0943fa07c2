package dev.berth.agent.metrics;

import dev.berth.agent.driver.DriverRegistry;
import dev.berth.agent.driver.InstanceUsage;
import dev.berth.agent.driver.InstanceUsage.Memory;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.agent.driver.StatsCapable;
import dev.berth.agent.port.InstanceInventory;
import dev.berth.v1.Kind;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// Turns what instances use into metrics when, and only when, someone asks. Nothing is kept for an
/// instance that is gone. What a runtime does not tell is not exported.
final class InstanceCollector implements MultiCollector {
  private static final double NANOS = 1e9;

  private record Sources(InstanceInventory inventory, DriverRegistry drivers) {}

  private final String node;
  private volatile @Nullable Sources sources;

  InstanceCollector(String node) {
    this.node = node;
  }

  void observe(InstanceInventory inventory, DriverRegistry drivers) {
    sources = new Sources(inventory, drivers);
  }

  @Override
  public MetricSnapshots collect() {
    Sources known = sources;
    List<InstanceInventory.Entry> entries =
        known == null ? List.of() : known.inventory().instances();
    if (known == null || entries.isEmpty()) {
      return new MetricSnapshots();
    }
    Map<String, InstanceUsage> usages = usages(known.drivers(), entries);
    return MetricSnapshots.of(
        measured(
            "cpu_seconds",
            "CPU time used since its start, in seconds.",
            entries,
            usages,
            usage -> scaled(usage.cpuNanos(), NANOS)),
        memory(
            "memory_bytes",
            "Memory in use without what the kernel can give back, in bytes.",
            entries,
            usages,
            Memory::node),
        memory(
            "guest_memory_bytes",
            "Memory that a virtual machine's own kernel has in use, in bytes.",
            entries,
            usages,
            Memory::guest),
        measured(
            "disk_read_bytes",
            "Bytes read from disks since its start.",
            entries,
            usages,
            usage -> scaled(usage.disk().in(), 1)),
        measured(
            "disk_written_bytes",
            "Bytes written to disks since its start.",
            entries,
            usages,
            usage -> scaled(usage.disk().out(), 1)),
        measured(
            "network_receive_bytes",
            "Bytes received since its start.",
            entries,
            usages,
            usage -> scaled(usage.network().in(), 1)),
        measured(
            "network_transmit_bytes",
            "Bytes sent since its start.",
            entries,
            usages,
            usage -> scaled(usage.network().out(), 1)),
        restarts(entries));
  }

  private static Map<String, InstanceUsage> usages(
      DriverRegistry drivers, List<InstanceInventory.Entry> entries) {
    Map<String, InstanceUsage> usages = new HashMap<>();
    for (RuntimeDriver driver : drivers.all()) {
      if (driver instanceof StatsCapable measuring) {
        List<RuntimeHandle> running = new ArrayList<>();
        for (InstanceInventory.Entry entry : entries) {
          entry.running().filter(h -> h.driver().equals(driver.name())).ifPresent(running::add);
        }
        measuring.stats(running).forEach(usage -> usages.put(usage.instanceId(), usage));
      }
    }
    return usages;
  }

  private CounterSnapshot measured(
      String name,
      String help,
      List<InstanceInventory.Entry> entries,
      Map<String, InstanceUsage> usages,
      ToDoubleFunction<InstanceUsage> value) {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder().name("berth_instance_" + name).help(help);
    for (InstanceInventory.Entry entry : entries) {
      InstanceUsage usage = usages.get(entry.instanceId());
      double known = usage == null ? Double.NaN : value.applyAsDouble(usage);
      if (known >= 0) {
        counter.dataPoint(point(entry, known));
      }
    }
    return counter.build();
  }

  private CounterSnapshot restarts(List<InstanceInventory.Entry> entries) {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder()
            .name("berth_instance_restarts")
            .help("How often the agent started it again.");
    entries.forEach(entry -> counter.dataPoint(point(entry, entry.restarts())));
    return counter.build();
  }

  private GaugeSnapshot memory(
      String name,
      String help,
      List<InstanceInventory.Entry> entries,
      Map<String, InstanceUsage> usages,
      Function<Memory, OptionalLong> whose) {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name("berth_instance_" + name).help(help);
    for (InstanceInventory.Entry entry : entries) {
      InstanceUsage usage = usages.get(entry.instanceId());
      OptionalLong bytes = usage == null ? OptionalLong.empty() : whose.apply(usage.memory());
      if (bytes.isPresent()) {
        gauge.dataPoint(
            GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(labels(entry))
                .value(scaled(bytes, 1))
                .build());
      }
    }
    return gauge.build();
  }

  private CounterSnapshot.CounterDataPointSnapshot point(
      InstanceInventory.Entry entry, double value) {
    return CounterSnapshot.CounterDataPointSnapshot.builder()
        .labels(labels(entry))
        .value(value)
        .build();
  }

  private Labels labels(InstanceInventory.Entry entry) {
    return Labels.of(
        "instance_id", entry.instanceId(),
        "kind", kind(entry.kind()),
        "namespace", entry.namespace(),
        "node", node,
        "slot", entry.workload() + "." + entry.slot(),
        "workload", entry.workload());
  }

  /// The kind as a label.
  static String kind(Kind kind) {
    return switch (kind) {
      case KIND_CONTAINER -> "container";
      case KIND_VM -> "vm";
      case KIND_PROCESS -> "process";
      case KIND_UNSPECIFIED, UNRECOGNIZED -> "unknown";
    };
  }

  private static double scaled(OptionalLong value, double divisor) {
    return value.isPresent() ? (double) value.getAsLong() / divisor : Double.NaN;
  }
}
