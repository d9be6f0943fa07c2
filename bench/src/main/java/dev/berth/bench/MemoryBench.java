package dev.berth.bench;

import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// Memory of an agent with containers and of the controller above it, once all is quiet.
final class MemoryBench {
  private static final Duration QUIET = Duration.ofSeconds(45);
  private static final double KIB_PER_MB = 1000.0 / 1.024;

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
      double fresh = megabytes(cluster.controller().daemon().pid());
      berth.run("bench", "berth/demo", options.count());
      Progress.say(options.count() + " containers run; " + QUIET + " of quiet");
      rest();
      double agent = megabytes(cluster.host().agent().daemon().pid());
      double controller = megabytes(cluster.controller().daemon().pid());
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

  private static double megabytes(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      String line = lines.filter(l -> l.startsWith("VmRSS:")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("[^0-9]", "")) / KIB_PER_MB;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
