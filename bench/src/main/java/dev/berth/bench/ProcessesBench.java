package dev.berth.bench;

import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Command;
import dev.berth.v1.ProcessSpec;
import java.time.Duration;

/// Plain processes: one at a time, then many at once, through Berth; and as many forks of a shell,
/// which nobody looks after.
final class ProcessesBench {
  private static final int WARM_UP = 20;
  private static final int WARM_UP_CALLS = 2_000;
  private static final int SINGLE_RUNS = 30;
  private static final ProcessSpec PROGRAM =
      ProcessSpec.newBuilder().addCommand("sleep").addCommand("3600").build();

  private final Options options;
  private final Report report;
  private final Samples single = new Samples();
  private final Samples many = new Samples();
  private final Samples forks = new Samples();

  ProcessesBench(Options options, Report report) {
    this.options = options;
    this.report = report;
  }

  void run() {
    try (Cluster cluster =
        ClusterPlan.of(1).agents("--capacity-cpu=1000", "--capacity-memory=1Ti").start()) {
      try (BerthCluster berth = new BerthCluster(cluster.api())) {
        berth.rehearse("berth/demo", WARM_UP_CALLS);
        for (int i = -WARM_UP; i < SINGLE_RUNS; i++) {
          Quiet.await();
          long nanos = once(berth, "p" + (i + WARM_UP), 1);
          if (i >= 0) {
            single.addNanos(nanos);
          }
        }
        for (int round = 1; round <= options.rounds(); round++) {
          Quiet.await();
          many.addNanos(once(berth, "many" + round, options.count()));
          Quiet.await();
          forks.addNanos(fork());
          Progress.say("round " + round + " of " + options.rounds());
        }
      } finally {
        cluster.host().agent().daemon().terminate(Duration.ofSeconds(15));
        var _ = cluster.host().agent().stopInstances();
      }
    }
    print();
  }

  private static long once(BerthCluster berth, String name, int replicas) {
    long nanos = berth.run(name, PROGRAM, replicas);
    berth.delete(name);
    return nanos;
  }

  /// A shell that starts as many, each in a session of its own, and ends them.
  private long fork() {
    String script =
        "pids=; i=0; while [ $i -lt "
            + options.count()
            + " ]; do setsid sleep 3600 & pids=\"$pids $!\"; i=$((i+1)); done; kill $pids; wait";
    long begin = System.nanoTime();
    var _ = Command.of("sh", "-c", script).run();
    return System.nanoTime() - begin;
  }

  private void print() {
    report.line("Processes, one at a time and " + options.count() + " at once:");
    report.line(Samples.heading());
    report.line(single.row("Berth: call to RUNNING"));
    report.line(many.row("Berth: " + options.count() + " RUNNING"));
    report.line(forks.row("a shell: " + options.count() + " forks"));
    report.figure("berth_p50_ms", single.median());
    report.figure("berth_p99_ms", single.percentile(0.99));
    report.figure("berth_many_p50_ms", many.median());
    report.figure("forks_p50_ms", forks.median());
    report.end();
  }
}
