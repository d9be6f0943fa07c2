package dev.berth.agent.driver.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.Console;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Failure;
import dev.berth.agent.driver.Listing;
import dev.berth.agent.driver.LogQuery;
import dev.berth.agent.driver.LogReader;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeDriverContractTest;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.agent.driver.SnapshotCapable;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.CloudInit;
import dev.berth.v1.VmDataDisk;
import dev.berth.v1.VmDisk;
import dev.berth.v1.VmFirmware;
import dev.berth.v1.VmKernel;
import dev.berth.v1.VmSnapshot;
import dev.berth.v1.VmSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Snapshots of machines with real QEMU.
@Timeout(180)
class LibvirtSnapshotsIT {
  private static final String THAT_COUNTS = "test/counts";
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

  private static MachineFixture machines() throws IOException {
    PrivateLibvirt started = shared;
    if (started == null) {
      throw new IllegalStateException("libvirtd was not started");
    }
    MachineFixture fixture = new MachineFixture(started.uri(), LibvirtHypervisor::new);
    fixture.add(THAT_COUNTS, BootSector.thatCounts(MachineFixture.GREETING));
    return fixture;
  }

  private static VmSpec.Builder thatCounts() {
    return VmSpec.newBuilder().setDisk(VmDisk.newBuilder().setImage(THAT_COUNTS));
  }

  @Test
  void aRunningMachineGoesOnFromItsMemoryAsTheSameInstance() throws Exception {
    try (MachineFixture fixture = machines()) {
      LibvirtDriver driver = fixture.driver();
      var news = new RuntimeDriverContractTest.Recorder();
      driver.follow(news);
      news.awaitResumed();
      // A disk that holds no snapshots, and is not written to, does not matter.
      AssignedInstance instance =
          fixture.instance(
              thatCounts()
                  .addDataDisks(VmDataDisk.newBuilder().setName("data").setSizeBytes(1 << 20))
                  .setCloudInit(CloudInit.newBuilder().setUserData("#cloud-config\n")));
      RuntimeHandle handle = driver.prepare(instance, _ -> {}).handle();
      RunState running = driver.start(handle).state();
      awaitGreeting(driver, handle, 1);
      assertEquals("0", type(driver, handle));
      VmSnapshot taken = driver.createSnapshot(handle, "one");
      assertTrue(taken.getWithMemory());
      assertEquals("1", type(driver, handle), "it went on");
      assertEquals(List.of(taken), driver.snapshots(handle));
      assertEquals(taken, driver.revertSnapshot(handle, "one"));
      assertEquals(running, driver.inspect(handle).state(), "nothing began or ended");
      assertEquals("1", type(driver, handle), "its memory is that of the snapshot");
      var _ = driver.stop(handle, Duration.ZERO);
      // Had it been told that the machine ended on its way back, that would come first.
      RunState.Exited end =
          (RunState.Exited) news.awaitState(handle, RunState.Exited.class).state();
      assertTrue(end.problem().contains("power was taken away"), end.problem());
      assertEquals(running, new RunState.Running(end.startTime()));
    }
  }

  @Test
  void aSnapshotWithoutMemoryMakesARunningMachineBootAgain() throws Exception {
    try (MachineFixture fixture = machines()) {
      LibvirtDriver driver = fixture.driver();
      AssignedInstance instance = fixture.instance(thatCounts());
      RuntimeHandle handle = driver.prepare(instance, _ -> {}).handle();
      VmSnapshot clean = driver.createSnapshot(handle, "clean");
      assertEquals(
          VmSnapshot.newBuilder().setName("clean").build(),
          clean.toBuilder().clearCreateTime().build());
      RunState running = driver.start(handle).state();
      awaitGreeting(driver, handle, 1);
      assertEquals("0", type(driver, handle));
      var _ = driver.revertSnapshot(handle, "clean");
      RunState again = driver.inspect(handle).state();
      assertInstanceOf(RunState.Running.class, again);
      assertNotEquals(running, again, "it was started anew");
      awaitGreeting(driver, handle, 2);
      assertEquals("0", type(driver, handle));
    }
  }

  @Test
  void aMachineThatStandsStillDoesSoAfterwards() throws Exception {
    try (MachineFixture fixture = machines()) {
      LibvirtDriver driver = fixture.driver();
      RuntimeHandle handle = driver.prepare(fixture.instance(thatCounts()), _ -> {}).handle();
      Instant start = ((RunState.Running) driver.start(handle).state()).startTime();
      RunState still = new RunState.Running(start, true);
      awaitGreeting(driver, handle, 1);
      assertEquals("0", type(driver, handle));
      driver.pause(handle);
      assertTrue(driver.createSnapshot(handle, "one").getWithMemory());
      assertEquals(still, driver.inspect(handle).state());
      driver.unpause(handle);
      assertEquals("1", type(driver, handle), "it went on");
      driver.pause(handle);
      var _ = driver.revertSnapshot(handle, "one");
      assertEquals(still, driver.inspect(handle).state());
      driver.unpause(handle);
      assertEquals("1", type(driver, handle), "its memory is that of the snapshot");
      var _ = driver.revertSnapshot(handle, "one");
      assertEquals(new RunState.Running(start), driver.inspect(handle).state(), "it ran, and runs");
    }
  }

  @Test
  void aMachineThatIsOffGetsTheDisksAndStaysOff() throws Exception {
    try (MachineFixture fixture = machines()) {
      LibvirtDriver driver = fixture.driver();
      AssignedInstance instance = fixture.instance(thatCounts());
      RuntimeHandle handle = driver.prepare(instance, _ -> {}).handle();
      Path disk = MachineFiles.of(machinesOf(fixture), MachineId.of(handle.instanceId())).disk();
      write(disk, "0xa1");
      var _ = driver.createSnapshot(handle, "off");
      write(disk, "0xb2");
      var _ = driver.start(handle);
      var _ = driver.createSnapshot(handle, "on");
      var _ = driver.stop(handle, Duration.ZERO);
      RunState off = driver.inspect(handle).state();
      write(disk, "0xc3");
      var _ = driver.revertSnapshot(handle, "on");
      assertHolds(disk, "0xb2");
      var _ = driver.revertSnapshot(handle, "off");
      assertHolds(disk, "0xa1");
      assertEquals(off, driver.inspect(handle).state());
    }
  }

  @Test
  void snapshotsGoOneByOneAndWithTheMachineAndAreFoundByTheNextAgent() throws Exception {
    try (MachineFixture fixture = machines()) {
      LibvirtDriver driver = fixture.driver();
      RuntimeHandle handle = driver.prepare(fixture.instance(thatCounts()), _ -> {}).handle();
      var _ = driver.createSnapshot(handle, "a");
      var _ = driver.start(handle);
      var _ = driver.createSnapshot(handle, "b");
      var _ = driver.createSnapshot(handle, "c");
      assertEquals("b", driver.removeSnapshot(handle, "b").getName());
      LibvirtDriver next = (LibvirtDriver) fixture.again();
      assertEquals(
          List.of("a", "c"), next.snapshots(handle).stream().map(VmSnapshot::getName).toList());
      refused(SnapshotCapable.EXISTS, "contract.1", () -> next.createSnapshot(handle, "a"));
      refused(SnapshotCapable.MISSING, "snapshot ls", () -> next.revertSnapshot(handle, "b"));
      refused(SnapshotCapable.MISSING, "contract.1", () -> next.removeSnapshot(handle, "b"));
      next.remove(handle);
      assertEquals(new Listing.Complete(List.of()), next.recover());
    }
  }

  @Test
  void saysWhyAMachineCanHaveNone() throws Exception {
    try (MachineFixture fixture = machines()) {
      LibvirtDriver driver = fixture.driver();
      if (Uefi.isInstalled()) {
        AssignedInstance modern =
            fixture.instance(thatCounts().setFirmware(VmFirmware.VM_FIRMWARE_UEFI));
        RuntimeHandle handle = driver.prepare(modern, _ -> {}).handle();
        refused("NoSnapshots", "--firmware bios", () -> driver.createSnapshot(handle, "a"));
      }
      AssignedInstance diskless =
          fixture.instance(
              VmSpec.newBuilder().setKernel(VmKernel.newBuilder().setImage(THAT_COUNTS)));
      RuntimeHandle handle = driver.prepare(diskless, _ -> {}).handle();
      refused("NoSnapshots", "no disk", () -> driver.createSnapshot(handle, "a"));
      driver.remove(handle);
      DriverException gone =
          assertThrows(DriverException.class, () -> driver.createSnapshot(handle, "a"));
      assertEquals("Vanished", gone.failure().reason());
    }
  }

  private interface Call {
    VmSnapshot run() throws DriverException;
  }

  private static void refused(String reason, String word, Call call) {
    Failure failure = assertThrows(DriverException.class, call::run).failure();
    assertInstanceOf(Failure.Permanent.class, failure);
    assertEquals(reason, failure.reason());
    assertTrue(failure.message().contains(word), failure.message());
  }

  private static Path machinesOf(MachineFixture fixture) {
    return fixture.directory().resolve("machines");
  }

  /// The guest listens from the end of its greeting on.
  private static void awaitGreeting(LibvirtDriver driver, RuntimeHandle handle, int times)
      throws Exception {
    LogQuery query = new LogQuery(true, OptionalInt.empty(), Optional.empty(), false);
    StringBuilder text = new StringBuilder();
    try (LogReader reader = driver.openLogs(handle, query)) {
      while (text.toString().split(MachineFixture.GREETING, -1).length <= times) {
        text.append(reader.next().orElseThrow().getData().toString(StandardCharsets.ISO_8859_1));
      }
    }
  }

  /// What the guest answers to a key.
  private static String type(LibvirtDriver driver, RuntimeHandle handle) throws DriverException {
    try (Console console = driver.openConsole(handle, false)) {
      console.write(ByteString.copyFromUtf8("x"));
      return console.read().orElseThrow().toStringUtf8();
    }
  }

  private static void write(Path disk, String pattern) throws Exception {
    command("qemu-io", "-f", "qcow2", "-c", "write -P " + pattern + " 64k 64k", "" + disk);
  }

  private static void assertHolds(Path disk, String pattern) throws Exception {
    String read =
        command("qemu-io", "-f", "qcow2", "-c", "read -P " + pattern + " 64k 64k", "" + disk);
    assertTrue(!read.contains("verification failed"), read);
  }

  private static String command(String... words) throws Exception {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), "hangs");
    assertEquals(0, process.exitValue(), output);
    return output;
  }
}
