package dev.berth.agent.driver.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Failure;
import dev.berth.agent.driver.Listing;
import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.LogReader;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeDriverContractTest;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.spec.HostDevice;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.BootMarker;
import dev.berth.v1.BootPhase;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.CloudInit;
import dev.berth.v1.LogChunk;
import dev.berth.v1.VmDataDisk;
import dev.berth.v1.VmDisk;
import dev.berth.v1.VmKernel;
import dev.berth.v1.VmSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The libvirt driver with real QEMU, where things go wrong, and what only machines have.
@Timeout(180)
class LibvirtDriverIT {
  private static final LogQuery ALL =
      new LogQuery(false, OptionalInt.empty(), Optional.empty(), false);
  private static @Nullable PrivateLibvirt shared;

  @BeforeAll
  static void startLibvirt() throws Exception {
    Optional<String> obstacle = PrivateLibvirt.obstacle();
    assumeTrue(obstacle.isEmpty(), () -> "no real libvirtd here: " + obstacle.orElse(""));
    shared = PrivateLibvirt.start();
  }

  @AfterAll
  static void stopLibvirt() throws Exception {
    PrivateLibvirt started = shared;
    shared = null;
    if (started != null) {
      started.close();
    }
  }

  private static PrivateLibvirt libvirt() {
    PrivateLibvirt started = shared;
    if (started == null) {
      throw new IllegalStateException("libvirtd was not started");
    }
    return started;
  }

  private static MachineFixture machines() throws IOException {
    return new MachineFixture(libvirt().uri(), LibvirtHypervisor::new);
  }

  private static RuntimeHandle run(LibvirtDriver driver, AssignedInstance instance)
      throws DriverException {
    RuntimeHandle handle = driver.prepare(instance, _ -> {}).handle();
    var _ = driver.start(handle);
    return handle;
  }

  @Test
  void aRestartOfLibvirtdLeavesMachinesAloneAndNewsComeAgain() throws Exception {
    try (MachineFixture fixture = machines()) {
      var news = new RuntimeDriverContractTest.Recorder();
      fixture.driver().follow(news);
      news.awaitResumed();
      RuntimeHandle handle = run(fixture.driver(), fixture.thatRuns());
      RunState before = fixture.driver().inspect(handle).state();
      long process = qemu(handle);
      libvirt().stopDaemon();
      assertTrue(isAlive(process), "the machine goes on without libvirtd");
      assertInstanceOf(Listing.Unknown.class, fixture.driver().recover());
      libvirt().startDaemon();
      news.awaitResumed();
      assertEquals(before, fixture.driver().inspect(handle).state());
      assertEquals(process, qemu(handle));
      fixture.driver().remove(handle);
      var _ = news.awaitState(handle, RunState.Gone.class);
    }
  }

  @Test
  void aMachineWhoseProcessIsKilledHasEndedAndSaysWhy() throws Exception {
    try (MachineFixture fixture = machines()) {
      var news = new RuntimeDriverContractTest.Recorder();
      fixture.driver().follow(news);
      news.awaitResumed();
      RuntimeHandle handle = run(fixture.driver(), fixture.thatRuns());
      kill(qemu(handle));
      Observation end = news.awaitState(handle, RunState.Exited.class);
      RunState.Exited exited = (RunState.Exited) end.state();
      assertEquals(MachineStates.ABORTED, exited.exitCode());
      assertTrue(exited.problem().contains("process ended"), exited.problem());
      assertInstanceOf(RunState.Running.class, fixture.driver().start(handle).state());
    }
  }

  @Test
  void keepsWhatTheConsoleSaysOverRestartsAndSeesItsMarkers() throws Exception {
    try (MachineFixture fixture = machines()) {
      var news = new RuntimeDriverContractTest.Recorder();
      fixture.driver().follow(news);
      AssignedInstance instance =
          fixture.instance(
              VmSpec.newBuilder()
                  .setDisk(VmDisk.newBuilder().setImage(MachineFixture.THAT_ENDS))
                  .addBootMarkers(
                      BootMarker.newBuilder()
                          .setPhase(BootPhaseKind.BOOT_PHASE_KIND_READY)
                          .setText("first sector")));
      RuntimeHandle handle = run(fixture.driver(), instance);
      Observation end = news.awaitState(handle, RunState.Exited.class);
      List<BootPhaseKind> phases = end.phases().stream().map(BootPhase::getPhase).toList();
      assertEquals(
          List.of(
              BootPhaseKind.BOOT_PHASE_KIND_CREATED,
              BootPhaseKind.BOOT_PHASE_KIND_FIRMWARE,
              BootPhaseKind.BOOT_PHASE_KIND_READY),
          phases);
      assertTrue(end.note().startsWith("emulated: KVM is ") || end.note().isEmpty(), end.note());
      var _ = fixture.driver().start(handle);
      Observation again = news.awaitState(handle, RunState.Exited.class);
      while (again.state().equals(end.state())) {
        again = news.awaitState(handle, RunState.Exited.class); // the first end is told repeatedly
      }
      String console = console(fixture.driver(), handle, ALL);
      assertEquals(2, console.split(MachineFixture.GREETING.strip(), -1).length - 1, console);
      assertTrue(console.contains("SeaBIOS"), console);
      String last =
          console(
              fixture.driver(),
              handle,
              new LogQuery(false, OptionalInt.of(1), Optional.empty(), false));
      assertTrue(last.contains(MachineFixture.GREETING.strip()), last);
      assertEquals(1, last.strip().lines().count(), last);
    }
  }

  @Test
  void refusesImagesThatWouldReachBeyondThemselvesOrAreDamaged() throws Exception {
    try (MachineFixture fixture = machines()) {
      Path directory = fixture.directory();
      Path secret = Files.writeString(directory.resolve("secret"), "of the host".repeat(100));
      Path foreign = directory.resolve("foreign.qcow2");
      command(
          "qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", "" + secret, "" + foreign);
      fixture.add("test/foreign", Files.readAllBytes(foreign));
      refused(fixture, fixture.instance("test/foreign"), "ImageRefused", "backing");
      Path plain = directory.resolve("plain.qcow2");
      command("qemu-img", "create", "-q", "-f", "qcow2", "" + plain, "16M");
      byte[] bytes = Files.readAllBytes(plain);
      bytes[41] = 0x7f; // the first level's table is now far beyond the end
      fixture.add("test/corrupt", bytes);
      refused(fixture, fixture.instance("test/corrupt"), "ImageRefused", "corrupt");
      AssignedInstance digest =
          fixture.instance(
              VmSpec.newBuilder()
                  .setDisk(
                      VmDisk.newBuilder()
                          .setImage(MachineFixture.THAT_RUNS)
                          .setImageSha256("ab".repeat(32))));
      refused(fixture, digest, "ImageMissing", "sha256");
      assertEquals(new Listing.Complete(List.of()), fixture.driver().recover());
    }
  }

  @Test
  void textOfUsersStaysText() throws Exception {
    String hostile = "a\"b'c<d>&e</name><devices/>]]>";
    try (MachineFixture fixture = machines()) {
      fixture.add("test/kernel", BootSector.thatSays("no kernel"));
      AssignedInstance instance =
          fixture.instance(
              VmSpec.newBuilder()
                  .setDisk(VmDisk.newBuilder().setImage(MachineFixture.THAT_RUNS))
                  .addDataDisks(VmDataDisk.newBuilder().setName("data").setSizeBytes(1 << 20))
                  .setKernel(VmKernel.newBuilder().setImage("test/kernel").setCommandLine(hostile))
                  .setCloudInit(
                      CloudInit.newBuilder().setUserData(hostile).addSshAuthorizedKeys(hostile)));
      AssignedInstance named = instance.toBuilder().setNamespace(hostile).build();
      Observation made = fixture.driver().prepare(named, _ -> {});
      assertEquals(hostile, made.labels().get("dev.berth.namespace"));
      Listing listed = fixture.driver().recover();
      Observation found =
          assertInstanceOf(Listing.Complete.class, listed).observations().getFirst();
      assertEquals(hostile, found.labels().get("dev.berth.namespace"));
      String xml =
          command("virsh", "-c", "" + libvirt().uri(), "dumpxml", found.handle().runtimeId());
      assertTrue(xml.contains("<serial>data</serial>"), xml);
      assertTrue(
          xml.contains("&lt;/name&gt;&lt;devices/&gt;") || xml.contains("&lt;/name&gt;"), xml);
    }
  }

  @Test
  void devicesOfTheHostAreDefinedAndThoseThatAreNotThereStartNothing() throws Exception {
    try (MachineFixture fixture = machines()) {
      for (HostDevice device : MachineFixture.ABSENT) {
        AssignedInstance instance =
            fixture
                .instance(
                    VmSpec.newBuilder()
                        .setDisk(VmDisk.newBuilder().setImage(MachineFixture.THAT_RUNS))
                        .addHostDevices(device.toProto()))
                .toBuilder()
                .addDevices(device.device())
                .build();
        RuntimeHandle handle = fixture.driver().prepare(instance, _ -> {}).handle();
        String xml = command("virsh", "-c", "" + libvirt().uri(), "dumpxml", handle.runtimeId());
        assertTrue(xml.contains("<hostdev mode='subsystem'"), xml);
        Path file = Files.writeString(fixture.directory().resolve("domain.xml"), xml);
        // By libvirt's own schema.
        var _ = command("virsh", "-c", "" + libvirt().uri(), "define", "--validate", "" + file);
        DriverException failed =
            assertThrows(DriverException.class, () -> fixture.driver().start(handle));
        // What is missing, the device or its bus, is for libvirt to say.
        assertTrue(
            failed.failure().message().startsWith("start: libvirt: "), failed.failure().message());
        assertInstanceOf(RunState.Created.class, fixture.driver().inspect(handle).state());
      }
    }
  }

  @Test
  void aFullDiskIsToldAndLosesNothing() throws Exception {
    try (MachineFixture fixture = machines()) {
      Path small = Files.createDirectory(fixture.directory().resolve("machines").resolve("full"));
      command("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", "" + small);
      try {
        AssignedInstance instance = fixture.thatRuns();
        Path own =
            fixture
                .directory()
                .resolve("machines")
                .resolve(MachineId.of(instance.getInstanceId()).toString());
        Files.createSymbolicLink(own, small);
        DriverException failure =
            assertThrows(DriverException.class, () -> fixture.driver().prepare(instance, _ -> {}));
        assertInstanceOf(Failure.Retryable.class, failure.failure());
        assertEquals("DiskFailed", failure.failure().reason());
        Files.delete(own);
        assertInstanceOf(
            RunState.Created.class, fixture.driver().prepare(instance, _ -> {}).state());
      } finally {
        command("umount", "" + small);
      }
    }
  }

  private static void refused(
      MachineFixture fixture, AssignedInstance instance, String reason, String word) {
    DriverException refusal =
        assertThrows(DriverException.class, () -> fixture.driver().prepare(instance, _ -> {}));
    assertInstanceOf(Failure.Permanent.class, refusal.failure());
    assertEquals(reason, refusal.failure().reason());
    assertTrue(refusal.failure().message().contains(word), refusal.failure().message());
  }

  private static String console(LibvirtDriver driver, RuntimeHandle handle, LogQuery query)
      throws Exception {
    StringBuilder text = new StringBuilder();
    try (LogReader reader = driver.openLogs(handle, query)) {
      for (Optional<LogChunk> next = reader.next(); next.isPresent(); next = reader.next()) {
        text.append(next.get().getData().toString(StandardCharsets.ISO_8859_1));
      }
    }
    return text.toString();
  }

  /// The process of a machine, by its UUID on the command line.
  private static long qemu(RuntimeHandle handle) {
    return ProcessHandle.allProcesses()
        .filter(
            process -> {
              String line = process.info().commandLine().orElse("");
              return line.contains("qemu-system") && line.contains(handle.runtimeId());
            })
        .findFirst()
        .orElseThrow()
        .pid();
  }

  private static boolean isAlive(long process) {
    return ProcessHandle.of(process).filter(ProcessHandle::isAlive).isPresent();
  }

  private static void kill(long process) {
    ProcessHandle.of(process).orElseThrow().destroyForcibly();
  }

  private static String command(String... words) throws Exception {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), "hangs");
    assertEquals(0, process.exitValue(), output);
    return output;
  }
}
