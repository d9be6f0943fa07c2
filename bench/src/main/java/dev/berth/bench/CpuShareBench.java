package dev.berth.bench;

import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Eventually;
import dev.berth.v1.ProcessSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// What a plain process that wants a whole processor gets of it under limits, as the kernel counts
/// it for that very process.
final class CpuShareBench {
  private static final List<Integer> LIMITS_MILLIS = List.of(100, 200, 500);
  private static final double SECONDS = 10;
  private static final String MARK = "berth-bench-hog";
  private static final ProcessSpec HOG =
      ProcessSpec.newBuilder()
          .addAllCommand(List.of("sh", "-c", "while :; do :; done", MARK))
          .build();

  private final Options options;
  private final Report report;

  CpuShareBench(Options options, Report report) {
    this.options = options;
    this.report = report;
  }

  void run() {
    List<List<Double>> ratios = new ArrayList<>();
    LIMITS_MILLIS.forEach(_ -> ratios.add(new ArrayList<>()));
    try (Cluster cluster = ClusterPlan.of(1).start()) {
      try (BerthCluster berth = new BerthCluster(cluster.api())) {
        for (int round = 1; round <= options.rounds(); round++) {
          for (int i = 0; i < LIMITS_MILLIS.size(); i++) {
            ratios.get(i).add(ratio(berth, "hog" + round + "x" + i, LIMITS_MILLIS.get(i)));
          }
          Progress.say("round " + round + " of " + options.rounds());
        }
      } finally {
        cluster.host().agent().daemon().terminate(Duration.ofSeconds(15));
        var _ = cluster.host().agent().stopInstances();
      }
    }
    print(ratios);
  }

  private static double ratio(BerthCluster berth, String name, int limitMillis) {
    Quiet.await();
    var _ = berth.runLimited(name, HOG, limitMillis);
    long pid =
        Eventually.until("the program runs", CpuShareBench::hog, Optional::isPresent).orElseThrow();
    double before = ProcessCpu.seconds(pid);
    long begin = System.nanoTime();
    LockSupport.parkNanos((long) (SECONDS * 1e9));
    double used = ProcessCpu.seconds(pid) - before;
    double passed = (System.nanoTime() - begin) / 1e9;
    berth.delete(name);
    return used / passed / (limitMillis / 1000.0);
  }

  private static Optional<Long> hog() {
    return ProcessHandle.allProcesses()
        .filter(each -> each.info().commandLine().orElse("").endsWith(MARK))
        .map(ProcessHandle::pid)
        .findFirst();
  }

  private void print(List<List<Double>> ratios) {
    report.line(
        String.format(
            Locale.ROOT, "Share of a processor in %.0f s, as a ratio of its limit:", SECONDS));
    report.line(
        String.format(Locale.ROOT, "%-12s %5s %8s %8s %8s", "limit", "runs", "p50", "min", "max"));
    for (int i = 0; i < ratios.size(); i++) {
      List<Double> all = ratios.get(i).stream().sorted().toList();
      double median = all.get(all.size() / 2);
      int limit = LIMITS_MILLIS.get(i);
      report.line(
          String.format(
              Locale.ROOT,
              "%-12s %5d %8.3f %8.3f %8.3f",
              limit / 1000.0,
              all.size(),
              median,
              Collections.min(all),
              Collections.max(all)));
      report.figure("share_" + limit + "m_p50_ratio", median);
      report.figure("share_" + limit + "m_min_ratio", Collections.min(all));
      report.figure("share_" + limit + "m_max_ratio", Collections.max(all));
    }
    report.end();
  }
}
