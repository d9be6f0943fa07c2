package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.e2e.harness.Berthed;
import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.Daemon;
import dev.berth.e2e.harness.DemoDisk;
import dev.berth.e2e.harness.Eventually;
import dev.berth.v1.BootPhase;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.GetInstanceRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// The demo guest, berth/demo-vm, in a cluster.
///
/// @param cluster where it runs
/// @param slot which machine, "guest.1"
record DemoGuest(Cluster cluster, String slot) {
  // Emulated, on a machine with other work.
  static final Duration BOOT_LIMIT = Duration.ofMinutes(3);

  /// Builds its disk and puts it into the image store of every host with a libvirtd.
  static void bringTo(Cluster cluster) {
    Path disk = DemoDisk.build(cluster.work());
    for (Berthed host : cluster.hosts()) {
      if (host.host().libvirt().isPresent()) {
        host.agent().importImage(DemoDisk.IMAGE, disk);
      }
    }
  }

  /// Runs one as a user does.
  ///
  /// @param name of the workload
  static DemoGuest run(Cluster cluster, String name, String... options) {
    List<String> words =
        new ArrayList<>(List.of("run", "-d", "--kind=vm", "--name=" + name, "-m", "256m"));
    words.addAll(List.of(options));
    words.add(DemoDisk.IMAGE);
    assertEquals(name, cluster.cli().output(words.toArray(String[]::new)).strip());
    return new DemoGuest(cluster, name + ".1");
  }

  /// Waits until it runs and offers its login.
  Instance awaitReady() {
    return Eventually.within(
        BOOT_LIMIT,
        slot + " is ready",
        this::now,
        instance ->
            instance.getStatus().getState() == InstanceState.INSTANCE_STATE_RUNNING
                && instance.getStatus().getBootPhasesList().stream()
                    .anyMatch(phase -> phase.getPhase() == BootPhaseKind.BOOT_PHASE_KIND_READY));
  }

  /// Its newest instance, as the API says it is.
  Instance now() {
    return cluster
        .api()
        .instances()
        .getInstance(GetInstanceRequest.newBuilder().setInstance(slot).build());
  }

  /// When a phase began, in nanoseconds.
  static long nanos(BootPhase phase) {
    return phase.getTime().getSeconds() * 1_000_000_000L + phase.getTime().getNanos();
  }

  /// Logs in through `berth console`, runs a command, and leaves.
  ///
  /// @param expected what its output contains, and the command does not
  /// @return what the console showed
  String type(String command, String expected) {
    try (Daemon console =
        cluster
            .cli()
            .startTyped(cluster.work().directory("console-" + slot), "c", "console", slot)) {
      var _ = until(console, "attached", console::err);
      console.type("\n");
      var _ = until(console, "login: ", console::out);
      console.type("root\n");
      var _ = until(console, "# ", console::out);
      console.type(command + "\n");
      String shown = until(console, expected, console::out);
      console.type("exit\n");
      // Seen before this one leaves, so that the next one to attach finds a login, and no shell.
      var _ =
          Eventually.within(
              BOOT_LIMIT,
              "the login again on " + slot,
              console::out,
              all -> all.indexOf("login: ", shown.length()) >= 0);
      return shown;
    }
  }

  private static String until(Daemon console, String text, Supplier<String> shown) {
    return Eventually.within(
        BOOT_LIMIT, "\"" + text + "\" on " + console, shown, all -> all.contains(text));
  }
}
