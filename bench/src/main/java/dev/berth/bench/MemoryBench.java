package dev.berth.bench;

import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/// Memory of an agent with containers and of the controller above it, once all is quiet.
final class MemoryBench {
  private static final Duration QUIET = Duration.ofSeconds(45);

  private final Options options;
  private final Report report;

  MemoryBench(Options options, Report report) {
    this.options = options;
    this.report = report;
  }

  void run() {
    try (Cluster cluster =
            ClusterPlan.of(1).agents("--capacity-cpu=1000", "--capacity-memory=1Ti").start();
        BareDocker docker = new BareDocker(cluster.host().docker().dockerHost());
        BerthCluster berth = new BerthCluster(cluster.api())) {
      double fresh = ProcessMemory.megabytes(cluster.controller().daemon().pid());
      berth.run("bench", "berth/demo", options.count());
      Progress.say(options.count() + " containers run; " + QUIET + " of quiet");
      rest();
      double agent = ProcessMemory.megabytes(cluster.host().agent().daemon().pid());
      double controller = ProcessMemory.megabytes(cluster.controller().daemon().pid());
      berth.delete("bench", docker);
      report.line(String.format(Locale.ROOT, "%-44s %8s", "resident memory", "MB"));
      report.line(row("agent with " + options.count() + " containers", agent));
      report.line(row("controller after its start", fresh));
      report.line(row("controller, idle, with " + options.count() + " instances", controller));
      report.figure("containers", options.count());
      report.figure("agent_rss_mb", agent);
      report.figure("controller_start_rss_mb", fresh);
      report.figure("controller_idle_rss_mb", controller);
      report.end();
    }
  }

  private static String row(String name, double megabytes) {
    return String.format(Locale.ROOT, "%-44s %8.1f", name, megabytes);
  }

  private static void rest() {
    long end = System.nanoTime() + QUIET.toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(QUIET.toNanos());
    }
  }
}
