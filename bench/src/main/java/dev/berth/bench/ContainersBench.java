package dev.berth.bench;

import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Many containers at once: Berth, the bare Docker API eight at a time, and swarm mode, in turn.
final class ContainersBench {
  private static final String IMAGE = "berth/demo";
  private static final int AT_ONCE = 8;
  private static final double MILLIS_PER_SECOND = 1000;

  private enum Way {
    BERTH,
    DIRECT,
    SWARM
  }

  private final Options options;
  private final Report report;
  private final Map<Way, Samples> samples = new EnumMap<>(Way.class);

  ContainersBench(Options options, Report report) {
    this.options = options;
    this.report = report;
    for (Way way : Way.values()) {
      samples.put(way, new Samples());
    }
  }

  void run() {
    try (Cluster cluster =
            ClusterPlan.of(1).agents("--capacity-cpu=1000", "--capacity-memory=1Ti").start();
        BareDocker docker = new BareDocker(cluster.host().docker().dockerHost());
        BerthCluster berth = new BerthCluster(cluster.api())) {
      warmUp(docker, berth);
      List<Way> order = new ArrayList<>(List.of(Way.values()));
      for (int round = 1; round <= options.rounds(); round++) {
        for (Way way : order) {
          long nanos = measure(way, cluster, docker, berth);
          samples(way).addNanos(nanos);
          Progress.say(
              "round "
                  + round
                  + ": "
                  + way.name().toLowerCase(Locale.ROOT)
                  + " "
                  + nanos / 1_000_000
                  + " ms");
        }
        Collections.rotate(order, 1);
      }
    }
    print();
  }

  private void warmUp(BareDocker docker, BerthCluster berth) {
    docker.runMany(IMAGE, "warm-", AT_ONCE, AT_ONCE);
    docker.removeAll();
    berth.run("warm", IMAGE, AT_ONCE);
    berth.delete("warm", docker);
  }

  private long measure(Way way, Cluster cluster, BareDocker docker, BerthCluster berth) {
    long nanos =
        switch (way) {
          case BERTH -> measureBerth(docker, berth);
          case DIRECT -> measureDirect(docker);
          case SWARM -> measureSwarm(cluster, docker);
        };
    Eventually.within(
        Duration.ofMinutes(2), "no container is left", docker::count, left -> left == 0);
    return nanos;
  }

  private long measureBerth(BareDocker docker, BerthCluster berth) {
    long nanos = berth.run("bench", IMAGE, options.count());
    require(docker.count() == options.count());
    berth.delete("bench", docker);
    return nanos;
  }

  private long measureDirect(BareDocker docker) {
    long begin = System.nanoTime();
    docker.runMany(IMAGE, "direct-", options.count(), AT_ONCE);
    long nanos = System.nanoTime() - begin;
    require(docker.count() == options.count());
    docker.removeAll();
    return nanos;
  }

  private long measureSwarm(Cluster cluster, BareDocker docker) {
    try (Swarm swarm = new Swarm(cluster.host().docker())) {
      long nanos = swarm.run(docker, IMAGE, options.count());
      swarm.remove(docker);
      return nanos;
    }
  }

  private static void require(boolean allThere) {
    if (!allThere) {
      throw new IllegalStateException("not as many containers as were measured");
    }
  }

  private void print() {
    report.line(options.count() + " containers, all running:");
    report.line(Samples.heading());
    report.line(samples(Way.BERTH).row("Berth"));
    report.line(samples(Way.DIRECT).row("Docker API, 8 at a time"));
    report.line(samples(Way.SWARM).row("docker service create"));
    double berth = samples(Way.BERTH).median() / MILLIS_PER_SECOND;
    double direct = samples(Way.DIRECT).median() / MILLIS_PER_SECOND;
    double swarm = samples(Way.SWARM).median() / MILLIS_PER_SECOND;
    report.figure("berth_s", berth);
    report.figure("direct_s", direct);
    report.figure("swarm_s", swarm);
    report.figure("berth_over_direct", berth / direct);
    report.figure("swarm_over_berth", swarm / berth);
    report.end();
  }

  private Samples samples(Way way) {
    Samples found = samples.get(way);
    if (found == null) {
      throw new IllegalStateException(way.name());
    }
    return found;
  }
}
