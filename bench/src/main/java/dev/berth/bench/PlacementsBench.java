package dev.berth.bench;

import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.Outcome;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.e2e.harness.Cleanup;
import dev.berth.e2e.harness.ControllerProcess;
import dev.berth.e2e.harness.EtcdProcess;
import dev.berth.e2e.harness.WorkDirectory;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.InstanceState;
import dev.berth.v1.Kind;
import dev.berth.v1.Node;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.Resources;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// How fast workloads get their nodes: from the submission of all of them until every assignment is
/// durable in etcd. The engine alone; no agents are connected.
final class PlacementsBench {
  private static final int ZONES = 3;
  private static final long LIMIT_SECONDS = 600;
  private static final com.sun.management.OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);

  private final ScaleOptions options;
  private final Report report;

  /// One round.
  private record Round(
      double seconds,
      double loopCpu,
      double controllerCpu,
      double etcdCpu,
      long txns,
      long turns) {}

  PlacementsBench(ScaleOptions options, Report report) {
    this.options = options;
    this.report = report;
  }

  void run() {
    List<Round> rounds = new ArrayList<>();
    report.line(
        String.format(
            Locale.ROOT,
            "%-8s %10s %14s %12s %12s %12s %8s",
            "round",
            "seconds",
            "placements/s",
            "loop CPU s",
            "process CPU",
            "etcd CPU s",
            "txns"));
    for (int i = 1; i <= options.rounds(); i++) {
      Round round = round();
      rounds.add(round);
      report.line(
          String.format(
              Locale.ROOT,
              "%-8d %10.3f %14.0f %12.3f %12.3f %12.3f %8d",
              i,
              round.seconds(),
              options.instances() / round.seconds(),
              round.loopCpu(),
              round.controllerCpu(),
              round.etcdCpu(),
              round.txns()));
    }
    report(rounds);
  }

  private void report(List<Round> rounds) {
    List<Round> sorted = new ArrayList<>(rounds);
    sorted.sort((one, other) -> Double.compare(one.seconds(), other.seconds()));
    Round median = sorted.get(sorted.size() / 2);
    int placed = options.instances();
    report.figure("nodes", options.nodes());
    report.figure("instances", placed);
    report.figure("replicas", options.replicas());
    report.figure("constrained", options.constrained() ? 1 : 0);
    report.figure("rounds", rounds.size());
    report.figure("placements_per_s", placed / median.seconds());
    report.figure("decisions_per_s_core", placed / median.loopCpu());
    report.figure("etcd_txns", median.txns());
    report.figure(
        "cpu_us_per_placement", (median.controllerCpu() + median.etcdCpu()) * 1e6 / placed);
    report.figure("controller_cpu_us_per_placement", median.controllerCpu() * 1e6 / placed);
    report.figure("slowest_placements_per_s", placed / sorted.getLast().seconds());
    report.figure("fastest_placements_per_s", placed / sorted.getFirst().seconds());
    report.end();
  }

  private Round round() {
    try (Cleanup cleanup = new Cleanup()) {
      WorkDirectory work = WorkDirectory.make();
      cleanup.add(work::close);
      Path data = work.directory("c");
      ControllerProcess.init(data, "127.0.0.1");
      Path pki = data.resolve("etcd-pki");
      EtcdProcess etcd = EtcdProcess.start(work.directory("e"), pki);
      cleanup.add(etcd::close);
      EngineHarness engine = EngineHarness.start(etcd.endpoint(), pki, nodes());
      cleanup.add(engine::close);
      System.gc();
      return measure(engine, etcd);
    }
  }

  private Round measure(EngineHarness engine, EtcdProcess etcd) {
    List<CreateWorkloadRequest> requests = Submission.of(options).requests();
    long txns = EtcdMetrics.transactions(etcd);
    double etcdCpu = ProcessCpu.seconds(etcd.pid());
    double cpu = PROCESS.getProcessCpuTime() / 1e9;
    double loop = engine.metrics().loopCpuNanos() / 1e9;
    long commits = engine.metrics().commits();
    long begun = System.nanoTime();
    List<CompletableFuture<Outcome>> answers = new ArrayList<>(requests.size());
    for (CreateWorkloadRequest request : requests) {
      answers.add(submit(engine, request));
    }
    answers.forEach(PlacementsBench::await);
    double seconds = (System.nanoTime() - begun) / 1e9;
    double controllerCpu = PROCESS.getProcessCpuTime() / 1e9 - cpu;
    Round round =
        new Round(
            seconds,
            engine.metrics().loopCpuNanos() / 1e9 - loop,
            controllerCpu,
            ProcessCpu.seconds(etcd.pid()) - etcdCpu,
            EtcdMetrics.transactions(etcd) - txns,
            engine.metrics().commits() - commits);
    verify(engine);
    return round;
  }

  /// The queue is bounded: what does not fit yet is handed in again.
  private static CompletableFuture<Outcome> submit(
      EngineHarness engine, CreateWorkloadRequest request) {
    while (true) {
      CompletableFuture<Outcome> answer =
          engine.request(id -> new ClusterEvent.CreateWorkload(id, request));
      if (!(answer.getNow(null) instanceof Outcome.Refused)) {
        return answer;
      }
      Thread.onSpinWait();
    }
  }

  private static void await(CompletableFuture<Outcome> answer) {
    try {
      if (answer.get(LIMIT_SECONDS, TimeUnit.SECONDS) instanceof Outcome.Refused refused) {
        throw new IllegalStateException(refused.refusal().toString());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  private void verify(EngineHarness engine) {
    long assigned = 0;
    for (InstanceRecord instance : engine.state().instances().values()) {
      assigned += instance.state() == InstanceState.INSTANCE_STATE_ASSIGNED ? 1 : 0;
    }
    if (assigned != options.instances()) {
      throw new IllegalStateException(
          "assigned: " + assigned + " (expected: " + options.instances() + ")");
    }
  }

  private List<Node> nodes() {
    List<Node> nodes = new ArrayList<>(options.nodes());
    for (int i = 0; i < options.nodes(); i++) {
      nodes.add(
          StoredNodes.stored(
              Node.newBuilder()
                  .setName(String.format(Locale.ROOT, "node-%05d", i))
                  .putLabels("zone", "z" + i % ZONES)
                  .setDescription(
                      NodeDescription.newBuilder()
                          .setArchitecture("amd64")
                          .setOperatingSystem("linux")
                          .setCapacity(
                              Resources.newBuilder().setCpuMillis(8_000).setMemoryBytes(32L << 30))
                          .addDrivers(
                              DriverDescription.newBuilder()
                                  .setName("docker")
                                  .setKind(Kind.KIND_CONTAINER)
                                  .setAvailable(true)))));
    }
    return nodes;
  }
}
