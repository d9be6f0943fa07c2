package dev.berth.bench;

import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.Repository;
import java.util.Map;

/// The whole time of short commands, from the start of the process to its end.
final class CliBench {
  private static final int WARM_UP = 2;

  private final Options options;
  private final Report report;
  private final Samples help = new Samples();
  private final Samples ps = new Samples();
  private final Samples dockerPs = new Samples();

  CliBench(Options options, Report report) {
    this.options = options;
    this.report = report;
  }

  void run() {
    String script = Repository.root().resolve("berth").toString();
    try (Cluster cluster = ClusterPlan.of(1).start();
        BareDocker docker = new BareDocker(cluster.host().docker().dockerHost());
        BerthCluster berth = new BerthCluster(cluster.api())) {
      berth.run("bench", "berth/demo", 3);
      Map<String, String> user = CliUser.of(cluster);
      Command berthPs = Command.of(script, "ps").with(user);
      Command berthHelp = Command.of(script, "--help").with(user);
      for (int i = -WARM_UP; i < options.count(); i++) {
        time(i, help, berthHelp);
        time(i, ps, berthPs);
        time(i, dockerPs, cluster.host().docker().docker("ps"));
      }
      berth.delete("bench", docker);
    }
    report.line("Wall time of one command:");
    report.line(Samples.heading());
    report.line(help.row("berth --help"));
    report.line(ps.row("berth ps"));
    report.line(dockerPs.row("docker ps"));
    report.figure("help_ms", help.median());
    report.figure("ps_ms", ps.median());
    report.figure("docker_ps_ms", dockerPs.median());
    report.end();
  }

  private static void time(int i, Samples samples, Command command) {
    long begin = System.nanoTime();
    command.output();
    if (i >= 0) {
      samples.addNanos(System.nanoTime() - begin);
    }
  }
}
