package dev.berth.bench;

import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;

/// One container at a time: through Berth, and through the bare Docker API, in turn. Each begins
/// on a machine that has finished with the one before: what a daemon still does for the last
/// container would be counted against the next one.
final class LatencyBench {
  private static final String IMAGE = "berth/demo";
  private static final int WARM_UP = 40;
  private static final int FIRST = 10;
  private static final int WARM_UP_CALLS = 2_000;

  private final Options options;
  private final Report report;
  private final Samples berthRuns = new Samples();
  private final Samples directRuns = new Samples();
  private final Samples submits = new Samples();
  private final Samples firstSubmits = new Samples();

  LatencyBench(Options options, Report report) {
    this.options = options;
    this.report = report;
  }

  void run() {
    try (Cluster cluster = ClusterPlan.of(0).start()) {
      var host = cluster.addDocker("host-1");
      try (CreateTap tap = new CreateTap(cluster.work().path().resolve("tap.sock"), host.socket());
          BareDocker docker = new BareDocker(host.dockerHost())) {
        var agent =
            cluster.join(
                host,
                cluster.token(host.name()),
                "unix://" + cluster.work().path().resolve("tap.sock"));
        agent.awaitReady();
        try (BerthCluster berth = new BerthCluster(cluster.api())) {
          // The client of this benchmark is a JVM that has just started, without a start-up cache.
          berth.rehearse(IMAGE, WARM_UP_CALLS);
          for (int i = -WARM_UP; i < options.count(); i++) {
            once(i, berth, docker, tap);
          }
        }
      }
    }
    print();
  }

  private void once(int i, BerthCluster berth, BareDocker docker, CreateTap tap) {
    String name = "l" + (i + WARM_UP);
    Quiet.await();
    long begin = System.nanoTime();
    long nanos = berth.run(name, IMAGE, 1);
    long submit = tap.createNanos(name) - begin;
    berth.delete(name, docker);
    Quiet.await();
    long directBegin = System.nanoTime();
    String id = docker.runOne(IMAGE, "direct-" + name);
    long direct = System.nanoTime() - directBegin;
    docker.remove(id);
    if (i >= 0) {
      berthRuns.addNanos(nanos);
      submits.addNanos(submit);
      directRuns.addNanos(direct);
    } else if (i < -WARM_UP + FIRST) {
      firstSubmits.addNanos(submit);
    }
  }

  private void print() {
    report.line("One container at a time:");
    report.line(Samples.heading());
    report.line(berthRuns.row("Berth: call to RUNNING"));
    report.line(directRuns.row("Docker API: create, start"));
    report.line(submits.row("Berth: call to create"));
    report.line(firstSubmits.row("the same, first 10 after the start"));
    report.figure("berth_p50_ms", berthRuns.median());
    report.figure("berth_p99_ms", berthRuns.percentile(0.99));
    report.figure("direct_p50_ms", directRuns.median());
    report.figure("direct_p99_ms", directRuns.percentile(0.99));
    report.figure("added_p50_ms", berthRuns.median() - directRuns.median());
    report.figure("submit_to_create_p50_ms", submits.median());
    report.figure("submit_to_create_p99_ms", submits.percentile(0.99));
    report.figure("submit_to_create_first_p50_ms", firstSubmits.median());
    report.end();
  }
}
