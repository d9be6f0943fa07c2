package dev.berth.bench;

import dev.berth.bench.fleet.FleetCluster;
import dev.berth.bench.fleet.RuntimeScript;
import dev.berth.bench.fleet.SimulatedFleet;
import dev.berth.e2e.harness.Api;
import dev.berth.e2e.harness.ControllerProcess;
import dev.berth.e2e.harness.EtcdProcess;
import dev.berth.e2e.harness.Eventually;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Kind;
import dev.berth.v1.Node;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.Resources;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/// A whole cluster but for the programs: a controller and etcd as processes, and simulated agents
/// over real connections in this one.
final class FleetBench {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  /// Three processes share two cores: no busy second is to cost the leadership.
  private static final List<String> OPTIONS = List.of("--election-ttl=10s");

  private static final long RAMP_MILLIS_PER_NODE = 8;
  private static final Duration CALM = Duration.ofSeconds(15);
  private static final Duration IDLE = Duration.ofSeconds(30);
  private static final com.sun.management.OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);

  private final ScaleOptions options;
  private final Report report;

  FleetBench(ScaleOptions options, Report report) {
    this.options = options;
    this.report = report;
  }

  void run() {
    try (FleetCluster cluster =
        FleetCluster.start(nodes(options.nodes()), RuntimeScript.PERFECT, 1, OPTIONS)) {
      Progress.say(options.nodes() + " nodes have joined");
      report.line(
          String.format(
              Locale.ROOT,
              "%-28s %10s %15s %11s %11s %8s",
              "phase",
              "seconds",
              "controller CPU",
              "etcd CPU",
              "load CPU",
              "RSS MB"));
      measure(cluster.controller(), cluster.etcd(), cluster.fleet());
    }
  }

  private void measure(ControllerProcess controller, EtcdProcess etcd, SimulatedFleet fleet) {
    Meter meter = new Meter(controller, etcd);
    // At leisure: that all come at once is measured below.
    fleet.start(Duration.ofMillis(options.nodes() * RAMP_MILLIS_PER_NODE));
    awaitInSync(fleet);
    meter.lap("all agents in sync");
    rest(CALM);
    double fresh = ProcessMemory.megabytes(controller.daemon().pid());
    meter = new Meter(controller, etcd);
    submit(controller, fleet);
    report.figure("nodes", options.nodes());
    report.figure("instances", options.instances());
    report.figure("replicas", options.replicas());
    report.figure("seconds", meter.lap("submitted to all running"));
    rest(CALM);
    report.figure("controller_fresh_rss_mb", fresh);
    report.figure("controller_rss_mb", ProcessMemory.peakMegabytes(controller.daemon().pid()));
    idle(controller, etcd, fleet);
    reconnect(controller, etcd, fleet);
    report.end();
  }

  private void submit(ControllerProcess controller, SimulatedFleet fleet) {
    try (Api api = Api.admin(controller)) {
      Submission.of(options).to(api.channel(), LIMIT);
    }
    var _ =
        Eventually.within(
            LIMIT,
            "the controller knows that all instances run",
            fleet::running,
            running -> running == options.instances());
  }

  private void idle(ControllerProcess controller, EtcdProcess etcd, SimulatedFleet fleet) {
    long writes = EtcdMetrics.writes(etcd);
    long heartbeats = fleet.heartbeats();
    double cpu = ProcessCpu.seconds(controller.daemon().pid());
    Meter meter = new Meter(controller, etcd);
    rest(IDLE);
    double used = ProcessCpu.seconds(controller.daemon().pid()) - cpu;
    double seconds = meter.lap("idle");
    report.figure("idle_cpu_fraction", used / seconds);
    report.figure("heartbeats_per_s", (fleet.heartbeats() - heartbeats) / seconds);
    report.figure("cpu_us_per_heartbeat", used * 1e6 / (fleet.heartbeats() - heartbeats));
    report.figure("etcd_writes_per_s_idle", (EtcdMetrics.writes(etcd) - writes) / seconds);
  }

  private void reconnect(ControllerProcess controller, EtcdProcess etcd, SimulatedFleet fleet) {
    long starts = fleet.starts();
    Meter meter = new Meter(controller, etcd);
    controller.restart();
    meter.next(controller);
    awaitInSync(fleet);
    report.figure("reconnect_s", meter.lap("controller restarted"));
    report.figure("restarted_programs", fleet.starts() - starts);
    report.figure("reconnect_rss_mb", ProcessMemory.peakMegabytes(controller.daemon().pid()));
  }

  private void awaitInSync(SimulatedFleet fleet) {
    var _ =
        Eventually.within(
            LIMIT, "all agents are in sync", fleet::inSync, count -> count == options.nodes());
  }

  private static void rest(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }

  /// Nodes with room for 100 instances of the smallest size each, and more.
  static List<Node> nodes(int count) {
    List<Node> nodes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      nodes.add(
          StoredNodes.stored(
              Node.newBuilder()
                  .setName(String.format(Locale.ROOT, "node-%05d", i))
                  .putLabels("zone", "z" + i % 3)
                  .setDescription(
                      NodeDescription.newBuilder()
                          .setAddress("127.0.0.1")
                          .setArchitecture("amd64")
                          .setOperatingSystem("linux")
                          .setCapacity(
                              Resources.newBuilder()
                                  .setCpuMillis(64_000)
                                  .setMemoryBytes(256L << 30))
                          .addDrivers(
                              DriverDescription.newBuilder()
                                  .setName("docker")
                                  .setKind(Kind.KIND_CONTAINER)
                                  .setAvailable(true)))));
    }
    return nodes;
  }

  /// Time and processor time from its making on.
  private final class Meter {
    private final EtcdProcess etcd;
    private final long begun = System.nanoTime();
    private final double etcdBefore;
    private final double loadBefore = PROCESS.getProcessCpuTime() / 1e9;
    private ControllerProcess controller;
    private double controllerBefore;

    Meter(ControllerProcess controller, EtcdProcess etcd) {
      this.controller = controller;
      this.etcd = etcd;
      this.controllerBefore = ProcessCpu.seconds(controller.daemon().pid());
      this.etcdBefore = ProcessCpu.seconds(etcd.pid());
    }

    /// The controller is another process now, whose time counts from its start.
    void next(ControllerProcess restarted) {
      controller = restarted;
      controllerBefore = 0;
    }

    double lap(String phase) {
      double seconds = (System.nanoTime() - begun) / 1e9;
      long pid = controller.daemon().pid();
      report.line(
          String.format(
              Locale.ROOT,
              "%-28s %10.2f %15.2f %11.2f %11.2f %8.0f",
              phase,
              seconds,
              ProcessCpu.seconds(pid) - controllerBefore,
              ProcessCpu.seconds(etcd.pid()) - etcdBefore,
              PROCESS.getProcessCpuTime() / 1e9 - loadBefore,
              ProcessMemory.megabytes(pid)));
      return seconds;
    }
  }
}
