package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.HostLink;
import dev.berth.e2e.harness.LibvirtHost;
import dev.berth.e2e.harness.Quay;
import dev.berth.e2e.harness.WorkDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The private libvirtd itself: what it starts, what survives it, and that nothing is left.
class LibvirtHostIT {
  private static final Duration START_LIMIT = Duration.ofSeconds(10);

  @BeforeEach
  void realVms() {
    RealVms.required();
  }

  /// A guest without a system: its firmware speaks on the serial console.
  private static Path definition(WorkDirectory work, LibvirtHost host, String name) {
    return work.file(
        name + ".xml",
        """
        <domain type='%s'>
          <name>%s</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
          <os><type arch='x86_64' machine='pc'>hvm</type><bios useserial='yes'/></os>
          <devices>
            <interface type='bridge'><source bridge='br0'/><model type='virtio'/></interface>
            <serial type='file'><source path='%s' append='on'/></serial>
          </devices>
        </domain>
        """
            .formatted(host.usesKvm() ? "kvm" : "qemu", name, console(work, name)));
  }

  private static Path console(WorkDirectory work, String name) {
    return work.path().resolve(name + ".console");
  }

  private static void start(WorkDirectory work, LibvirtHost host, String name) {
    host.virsh("define", definition(work, host, name).toString()).output();
    host.virsh("start", name).within(START_LIMIT).output();
    Eventually.within(
        START_LIMIT,
        "the firmware of " + name + " speaks",
        () -> text(console(work, name)),
        text -> text.contains("SeaBIOS"));
  }

  private static LibvirtHost launch(WorkDirectory work, HostLink link, String name) {
    Command.of(link.inside(List.of("ip", "link", "add", "br0", "type", "bridge"))).output();
    return LibvirtHost.start(name, link, work.directory("v-" + name));
  }

  /// Guests as the kernel knows them.
  private static List<Long> guests(String name) {
    try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
      return processes
          .filter(p -> p.info().commandLine().orElse("").contains("guest=" + name + ","))
          .map(ProcessHandle::pid)
          .toList();
    }
  }

  @Test
  void guestsOfTwoHostsKnowNothingOfEachOtherSurviveTheirDaemonsAndEndWithTheirHosts()
      throws Exception {
    String guest = "it" + ProcessHandle.current().pid();
    try (WorkDirectory work = WorkDirectory.make();
        Quay quay = Quay.make();
        HostLink left = quay.connect();
        HostLink right = quay.connect();
        LibvirtHost one = launch(work, left, "one");
        LibvirtHost other = launch(work, right, "other")) {
      start(work, one, guest);
      assertEquals(List.of(), other.domains());
      List<Long> running = guests(guest);
      assertEquals(1, running.size());

      one.restart();
      assertEquals(List.of(guest), one.running());
      one.kill();
      one.start();
      assertEquals(List.of(guest), one.running());
      assertEquals(running, guests(guest));

      one.virsh("destroy", guest).output();
      assertEquals(List.of(), one.running());
      one.virsh("start", guest).within(START_LIMIT).output();
      start(work, other, guest + "b");
    }
    assertEquals(List.of(), guests(guest));
    assertEquals(List.of(), guests(guest + "b"));
  }

  @Test
  void aHostThatDiesWithItsSupervisorIsEndedAllTheSame() throws Exception {
    String guest = "id" + ProcessHandle.current().pid();
    Path path;
    try (WorkDirectory work = WorkDirectory.make();
        Quay quay = Quay.make();
        HostLink link = quay.connect();
        LibvirtHost host = launch(work, link, "dies")) {
      path = work.path();
      start(work, host, guest);
      host.daemon().kill();
      assertEquals(1, guests(guest).size());
    }
    assertEquals(List.of(), guests(guest));
    assertFalse(Files.exists(path));
    assertTrue(
        ProcessHandle.allProcesses()
            .noneMatch(p -> p.info().commandLine().orElse("").contains(path + "/")));
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
