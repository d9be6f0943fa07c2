package dev.berth.agent.driver.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.Console;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Failure;
import dev.berth.agent.driver.InstanceUsage;
import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.LogReader;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeDriverContractTest;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.BootMarker;
import dev.berth.v1.BootPhase;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.Layer;
import dev.berth.v1.LogChunk;
import dev.berth.v1.VmKernel;
import dev.berth.v1.VmSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every driver does, shown by the libvirt driver with a real Xen, which runs inside an
/// emulator; and what is different there.
@Timeout(900)
class XenDriverContractIT implements RuntimeDriverContractTest {
  private static @Nullable PrivateXen shared;

  @BeforeAll
  static void startXen() throws Exception {
    Optional<String> obstacle = PrivateXen.obstacle();
    assumeTrue(obstacle.isEmpty(), () -> "no Xen host here: " + obstacle.orElse(""));
    shared = PrivateXen.start();
  }

  @AfterAll
  static void stopXen() throws Exception {
    PrivateXen started = shared;
    shared = null;
    if (started != null) {
      started.close();
    }
  }

  private static PrivateXen xen() {
    PrivateXen started = shared;
    if (started == null) {
      throw new IllegalStateException("the Xen host was not started");
    }
    return started;
  }

  @Override
  public MachineFixture fixture() throws IOException {
    return fixture(Optional.of(xen().consoles()));
  }

  private static MachineFixture fixture(Optional<Path> consoles) throws IOException {
    return new MachineFixture(
        xen().uri(), LibvirtHypervisor::new, MachineFixture.Guests.of(xen(), consoles));
  }

  private static RuntimeHandle run(MachineFixture fixture, AssignedInstance instance)
      throws DriverException {
    RuntimeHandle handle = fixture.driver().prepare(instance, progress -> {}).handle();
    Observation _ = fixture.driver().start(handle);
    return handle;
  }

  private static String logs(MachineFixture fixture, RuntimeHandle handle, boolean follow)
      throws DriverException {
    LogQuery all = new LogQuery(follow, OptionalInt.empty(), Optional.empty(), false);
    try (LogReader reader = fixture.driver().openLogs(handle, all)) {
      StringBuilder text = new StringBuilder();
      Optional<LogChunk> chunk = reader.next();
      while (chunk.isPresent()) {
        text.append(chunk.get().getData().toStringUtf8());
        chunk = reader.next();
      }
      return text.toString();
    }
  }

  @Test
  void saysThatItIsXen() throws Exception {
    try (MachineFixture fixture = fixture()) {
      Layer layer = fixture.driver().describe().layers().getFirst();
      assertEquals("xen", layer.getName());
      assertTrue(layer.getVersion().startsWith("4."), layer.getVersion());
    }
  }

  @Test
  void keepsWhatAMachineWritesAndRemovesItWithTheMachine() throws Exception {
    try (MachineFixture fixture = fixture()) {
      RuntimeHandle handle = run(fixture, fixture.thatEndsWith(0));
      assertEquals(MachineFixture.GREETING, logs(fixture, handle, true));
      fixture.driver().remove(handle);
      try (var left = Files.list(xen().consoles())) {
        assertEquals(List.of(), left.toList());
      }
    }
  }

  @Test
  void withoutXenconsoledsDirectoryThereAreNoLogsAndItSaysSo() throws Exception {
    try (MachineFixture fixture = fixture(Optional.empty())) {
      assertFalse(fixture.driver().describe().description().getCapabilitiesList().contains("logs"));
      RuntimeHandle handle = run(fixture, fixture.thatRuns());
      DriverException refusal =
          assertThrows(DriverException.class, () -> logs(fixture, handle, false));
      assertEquals("NoLogs", refusal.failure().reason());
    }
    try (var left = Files.list(xen().consoles())) {
      for (Path each : left.toList()) {
        Files.delete(each);
      }
    }
  }

  @Test
  void tellsWhatAMachineUsesAndThatItHasNoCard() throws Exception {
    try (MachineFixture fixture = fixture()) {
      RuntimeHandle handle = run(fixture, fixture.thatRuns());
      InstanceUsage usage = fixture.driver().stats(List.of(handle)).getFirst();
      assertTrue(usage.cpuNanos().getAsLong() > 0, usage.toString());
      assertEquals(32L << 20, usage.memory().node().getAsLong());
      Observation observation = fixture.driver().inspect(handle);
      assertTrue(observation.note().contains("without a network card"), observation.note());
    }
  }

  @Test
  void aMachineThatIsTooLargeForTheHostFailsWithWhereToLookAndCanBeRemoved() throws Exception {
    try (MachineFixture fixture = fixture()) {
      AssignedInstance.Builder large = fixture.thatRuns().toBuilder();
      large.getSpecBuilder().getResourcesBuilder().setMemoryBytes(64L << 30);
      RuntimeHandle handle = fixture.driver().prepare(large.build(), progress -> {}).handle();
      Failure failure =
          assertThrows(DriverException.class, () -> fixture.driver().start(handle)).failure();
      assertTrue(failure.message().contains("libxl-driver.log"), failure.message());
      assertInstanceOf(RunState.Created.class, fixture.driver().inspect(handle).state());
      fixture.driver().remove(handle);
      assertInstanceOf(RunState.Gone.class, fixture.driver().inspect(handle).state());
    }
  }

  @Test
  void aMachineWhosePowerIsTakenAwayWasKilled() throws Exception {
    try (MachineFixture fixture = fixture()) {
      RuntimeHandle handle = run(fixture, fixture.thatRuns());
      RunState state = fixture.driver().stop(handle, Duration.ZERO).state();
      assertEquals(MachineStates.KILLED, assertInstanceOf(RunState.Exited.class, state).exitCode());
    }
  }

  /// Debian's kernel: its boot is seen, its console is spoken to, and it ends when it is asked to.
  @Test
  void aLinuxGuestBootsInSightIsSpokenToAndShutsItselfDown() throws Exception {
    try (MachineFixture fixture = fixture()) {
      Recorder news = new Recorder();
      fixture.driver().follow(news);
      news.awaitResumed();
      RuntimeHandle handle = run(fixture, linux(fixture));
      Observation seen = news.awaitState(handle, RunState.Running.class);
      while (!phases(seen).contains(BootPhaseKind.BOOT_PHASE_KIND_READY)) {
        seen = news.awaitState(handle, RunState.Running.class);
      }
      assertEquals(
          List.of(
              BootPhaseKind.BOOT_PHASE_KIND_CREATED,
              BootPhaseKind.BOOT_PHASE_KIND_KERNEL,
              BootPhaseKind.BOOT_PHASE_KIND_INIT,
              BootPhaseKind.BOOT_PHASE_KIND_READY),
          phases(seen));
      try (Console console = fixture.driver().openConsole(handle, false)) {
        console.write(ByteString.copyFromUtf8("a word\n"));
        awaitText(console, "guest: heard a word");
      }
      RunState state = fixture.driver().stop(handle, Duration.ofMinutes(5)).state();
      RunState.Exited end = assertInstanceOf(RunState.Exited.class, state);
      assertEquals(MachineStates.SHUT_DOWN, end.exitCode(), end.toString());
      String logs = logs(fixture, handle, false);
      assertTrue(logs.contains("guest: hello from xen"), logs);
      assertTrue(logs.contains("guest: powering off"), logs);
    }
  }

  private static AssignedInstance linux(MachineFixture fixture) throws IOException {
    fixture.add("test/linux", Files.readAllBytes(xen().kernel()));
    fixture.add("test/initrd", Files.readAllBytes(xen().initrd()));
    AssignedInstance.Builder instance =
        fixture
            .instance(
                VmSpec.newBuilder()
                    .setKernel(
                        VmKernel.newBuilder()
                            .setImage("test/linux")
                            .setInitrdImage("test/initrd")
                            .setCommandLine("console=hvc0 mitigations=off cryptomgr.notests"))
                    .addBootMarkers(
                        BootMarker.newBuilder()
                            .setPhase(BootPhaseKind.BOOT_PHASE_KIND_READY)
                            .setText("guest: ready")))
            .toBuilder();
    instance.getSpecBuilder().getResourcesBuilder().setMemoryBytes(96L << 20);
    return instance.build();
  }

  private static List<BootPhaseKind> phases(Observation observation) {
    return observation.phases().stream().map(BootPhase::getPhase).toList();
  }

  private static void awaitText(Console console, String wanted) throws DriverException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf(wanted) < 0) {
      Optional<ByteString> piece = console.read();
      assertTrue(piece.isPresent(), "the console ended: " + text);
      text.append(piece.get().toString(StandardCharsets.UTF_8));
    }
  }
}
