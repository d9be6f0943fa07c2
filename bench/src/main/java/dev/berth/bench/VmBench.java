package dev.berth.bench;

import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.DemoDisk;
import dev.berth.e2e.harness.LibvirtHost;
import dev.berth.e2e.harness.Requirements;
import dev.berth.e2e.harness.Runtimes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The demo guest through Berth, and through `virsh create` of the same XML, in turn: one at a
/// time, and many at once.
final class VmBench {
  private static final double MILLIS_PER_SECOND = 1000;

  private final Options options;
  private final Report report;
  private final Times berthTimes = new Times();
  private final Times bareTimes = new Times();
  private final Samples berthAll = new Samples();
  private final Samples bareAll = new Samples();
  private final Samples berthCpu = new Samples();

  /// One way's machines, one at a time.
  private record Times(Samples started, Samples kernel, Samples ready) {
    Times() {
      this(new Samples(), new Samples(), new Samples());
    }

    void add(MachineStart start) {
      started.addNanos(start.started());
      kernel.addNanos(start.kernel());
      ready.addNanos(start.ready());
    }
  }

  VmBench(Options options, Report report) {
    this.options = options;
    this.report = report;
  }

  void run() {
    Optional<String> missing = Requirements.missingForVms();
    if (missing.isPresent()) {
      throw new IllegalArgumentException(missing.get());
    }
    try (Cluster cluster =
            ClusterPlan.of(Runtimes.LIBVIRT)
                .agents("--capacity-cpu=1000", "--capacity-memory=1Ti")
                .start();
        BerthMachines berth = new BerthMachines(cluster.api())) {
      cluster.host().agent().importImage(DemoDisk.IMAGE, DemoDisk.build(cluster.work()));
      LibvirtHost libvirt = cluster.host().libvirt();
      Progress.say(libvirt.usesKvm() ? "KVM works" : "machines are emulated");
      var _ = berth.run("model", DemoDisk.IMAGE, 1);
      BareMachines bare =
          BareMachines.like(
              libvirt.domains().getFirst(), libvirt, cluster.work().directory("bare"));
      berth.delete("model", libvirt);
      for (int i = 1; i <= options.count(); i++) {
        one(i, berth, bare, libvirt);
      }
      for (int i = 1; i <= options.rounds(); i++) {
        many(i, cluster, berth, bare);
      }
    }
    print();
  }

  private void one(int i, BerthMachines berth, BareMachines bare, LibvirtHost libvirt) {
    Quiet.await();
    MachineStart through = berth.run("m" + i, DemoDisk.IMAGE, 1).getFirst();
    berthTimes.add(through);
    berth.delete("m" + i, libvirt);
    BareMachines.Machine machine = bare.prepare("bare-" + i);
    Quiet.await();
    MachineStart direct = bare.start(machine);
    bareTimes.add(direct);
    bare.remove(machine);
    Progress.say(
        String.format(
            Locale.ROOT,
            "machine %d: ready after %.2f s, bare %.2f s",
            i,
            through.ready() / 1e9,
            direct.ready() / 1e9));
  }

  private void many(int round, Cluster cluster, BerthMachines berth, BareMachines bare) {
    Quiet.await();
    double before = cpu(cluster);
    List<MachineStart> through = berth.run("all" + round, DemoDisk.IMAGE, options.count());
    berthCpu.addNanos((long) ((cpu(cluster) - before) * 1e9));
    long berthNanos = last(through);
    berthAll.addNanos(berthNanos);
    berth.delete("all" + round, cluster.host().libvirt());
    List<BareMachines.Machine> machines = new ArrayList<>();
    for (int i = 1; i <= options.count(); i++) {
      machines.add(bare.prepare("all-" + round + "-" + i));
    }
    Quiet.await();
    long bareNanos = last(startAll(machines, bare));
    bareAll.addNanos(bareNanos);
    machines.forEach(bare::remove);
    Progress.say(
        String.format(
            Locale.ROOT,
            "%d at once: %.1f s, bare %.1f s",
            options.count(),
            berthNanos / 1e9,
            bareNanos / 1e9));
  }

  private static List<MachineStart> startAll(
      List<BareMachines.Machine> machines, BareMachines bare) {
    try (var threads = Executors.newFixedThreadPool(machines.size())) {
      List<Future<MachineStart>> under = new ArrayList<>();
      for (BareMachines.Machine machine : machines) {
        under.add(threads.submit(() -> bare.start(machine)));
      }
      List<MachineStart> all = new ArrayList<>();
      for (Future<MachineStart> each : under) {
        all.add(each.get());
      }
      return all;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static long last(List<MachineStart> all) {
    return all.stream().mapToLong(MachineStart::ready).max().orElseThrow();
  }

  /// Processor time of controller, etcd and agent, in seconds.
  private static double cpu(Cluster cluster) {
    return ProcessCpu.seconds(cluster.controller().daemon().pid())
        + ProcessCpu.seconds(cluster.etcd().pid())
        + ProcessCpu.seconds(cluster.host().agent().daemon().pid());
  }

  private void print() {
    report.line("One machine at a time:");
    report.line(Samples.heading());
    report.line(berthTimes.started().row("Berth: call to RUNNING"));
    report.line(bareTimes.started().row("virsh create"));
    report.line(berthTimes.kernel().row("Berth: to the kernel"));
    report.line(bareTimes.kernel().row("virsh: to the kernel"));
    report.line(berthTimes.ready().row("Berth: to the login"));
    report.line(bareTimes.ready().row("virsh: to the login"));
    report.line(options.count() + " at once, to the last login:");
    report.line(berthAll.row("Berth"));
    report.line(bareAll.row("virsh create"));
    report.line(berthCpu.row("processor time of Berth's own"));
    report.figure("berth_started_p50_ms", berthTimes.started().median());
    report.figure("bare_started_p50_ms", bareTimes.started().median());
    report.figure("berth_kernel_p50_ms", berthTimes.kernel().median());
    report.figure("bare_kernel_p50_ms", bareTimes.kernel().median());
    report.figure("berth_ready_p50_ms", berthTimes.ready().median());
    report.figure("bare_ready_p50_ms", bareTimes.ready().median());
    report.figure("ready_ratio", berthTimes.ready().median() / bareTimes.ready().median());
    report.figure("berth_all_s", berthAll.median() / MILLIS_PER_SECOND);
    report.figure("bare_all_s", bareAll.median() / MILLIS_PER_SECOND);
    report.figure("all_ratio", berthAll.median() / bareAll.median());
    report.figure("berth_all_own_cpu_s", berthCpu.median() / MILLIS_PER_SECOND);
    report.end();
  }
}
