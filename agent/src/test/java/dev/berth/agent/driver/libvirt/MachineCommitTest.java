package dev.berth.agent.driver.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.agent.boot.ConsoleFollower;
import dev.berth.agent.driver.CommitCapable;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Labels;
import dev.berth.agent.image.HttpImages;
import dev.berth.agent.image.ImageStore;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import dev.berth.v1.Image;
import dev.berth.v1.InstanceCommitRequest;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MachineCommitTest {
  private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  private static final InstanceCommitRequest ORDER =
      InstanceCommitRequest.newBuilder().setImage("h:5/disk:1").build();

  @TempDir private Path directory;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private ConsoleFollower consoles;
  private ImageStore images;
  private MachineFiles files;
  private MachineSnapshots snapshots;
  private MachineCommit commit;

  @BeforeEach
  void open() throws Exception {
    boolean installed =
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(each -> Files.isExecutable(Path.of(each, "qemu-img")));
    assumeTrue(installed, "skipped: qemu-img is not installed");
    consoles = ConsoleFollower.open(Threads.virtual(), AgentClock.system());
    images =
        ImageStore.open(directory.resolve("images"), new HttpImages(), AgentClock.system()::wall);
    LibvirtPlace place =
        LibvirtPlace.open(directory.resolve("machines"), images, consoles, AgentClock.system());
    Hypervisor hypervisor = recording(Hypervisor.class);
    snapshots = new MachineSnapshots(hypervisor, new Machines("libvirt", place));
    commit = new MachineCommit(hypervisor, place, snapshots);
    files = MachineFiles.of(place.root(), ID);
    files.make();
    QemuImg.empty(files.disk(), 1 << 20);
  }

  @AfterEach
  void close() throws IOException {
    if (snapshots != null) {
      snapshots.close();
      consoles.close();
    }
  }

  /// A hypervisor that remembers what it was asked, and whether a copy was there by then.
  private <T> T recording(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, _) -> {
              if (method.getName().equals("snapshots")) {
                return recording(HypervisorSnapshots.class);
              }
              asked.add(method.getName() + " " + Files.exists(files.copiedDisk()));
              return null;
            }));
  }

  private static MachineView machine(MachineState state) {
    return new MachineView(
        ID, "berth-guest.1", state, Map.of(Labels.WORKLOAD, "guest", Labels.SLOT, "1"));
  }

  private List<String> left() throws IOException {
    try (Stream<Path> all = Files.list(files.directory())) {
      return all.map(each -> String.valueOf(each.getFileName())).sorted().toList();
    }
  }

  @Test
  void aMachineThatRunsStandsStillWhileItsDiskIsCopiedAndNoLonger() throws Exception {
    Image made = commit.commit(machine(new MachineState.Active(false)), ORDER, _ -> {});
    assertEquals(List.of("pause false", "unpause true"), asked);
    assertEquals(List.of("h:5/disk:1"), made.getNamesList());
    assertEquals(made.getSha256(), images.resolve("h:5/disk:1", "", (_, _) -> {}).digest());
    assertEquals(List.of("disk.qcow2"), left());
  }

  @Test
  void whatStandsStillOrIsOffStaysSo() throws Exception {
    commit.commit(machine(new MachineState.Active(true)), ORDER, _ -> {});
    InstanceCommitRequest running = ORDER.toBuilder().setWithoutPause(true).build();
    commit.commit(machine(new MachineState.Off(MachineState.Cause.UNKNOWN)), running, _ -> {});
    assertEquals(List.of(), asked);
    DriverException refused =
        assertThrows(
            DriverException.class,
            () -> commit.commit(machine(new MachineState.Active(false)), running, _ -> {}));
    assertEquals(CommitCapable.REFUSED, refused.failure().reason());
    assertTrue(refused.failure().message().contains("--pause=false"), refused.failure().message());
    assertEquals(List.of("disk.qcow2"), left());
  }

  @Test
  void aDiskThatCannotBeReadLetsTheMachineGoOn() throws Exception {
    Files.writeString(files.disk(), "no disk");
    assertThrows(
        DriverException.class,
        () -> commit.commit(machine(new MachineState.Active(false)), ORDER, _ -> {}));
    assertEquals(List.of("pause false", "unpause true"), asked);
    assertEquals(List.of("disk.qcow2"), left());
    assertFalse(snapshots.isAtWork(ID));
  }

  @Test
  void aMachineThatAnEndedAgentLeftStandingGoesOn() throws Exception {
    commit.goOn(machine(new MachineState.Active(true)));
    assertEquals(List.of(), asked, "it was the user's wish");
    Files.writeString(files.standstill(), "");
    Files.writeString(files.copiedDisk(), "half");
    commit.goOn(machine(new MachineState.Active(true)));
    assertEquals(List.of("unpause true"), asked);
    assertEquals(List.of("disk.qcow2"), left());
  }
}
