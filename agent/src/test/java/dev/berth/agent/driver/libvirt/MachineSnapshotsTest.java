package dev.berth.agent.driver.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.boot.ConsoleFollower;
import dev.berth.agent.driver.Console;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Failure;
import dev.berth.agent.driver.Labels;
import dev.berth.agent.driver.MachineBridge;
import dev.berth.agent.image.HttpImages;
import dev.berth.agent.image.ImageStore;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import dev.berth.v1.VmSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MachineSnapshotsTest {
  private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

  @TempDir private Path directory;
  private final OneMachine hypervisor = new OneMachine();
  private ConsoleFollower consoles;
  private MachineSnapshots snapshots;

  @BeforeEach
  void open() throws IOException {
    consoles = ConsoleFollower.open(Threads.virtual(), AgentClock.system());
    ImageStore images =
        ImageStore.open(directory.resolve("images"), new HttpImages(), AgentClock.system()::wall);
    snapshots =
        new MachineSnapshots(
            hypervisor,
            new Machines(
                "libvirt",
                LibvirtPlace.open(
                    directory.resolve("machines"), images, consoles, AgentClock.system())));
  }

  @AfterEach
  void close() throws IOException {
    snapshots.close();
    consoles.close();
  }

  private static MachineView machine(MachineState state) {
    return new MachineView(
        ID, "berth-guest.1", state, Map.of(Labels.WORKLOAD, "guest", Labels.SLOT, "1"));
  }

  private CompletableFuture<VmSnapshot> revert() {
    CompletableFuture<VmSnapshot> done = new CompletableFuture<>();
    var _ =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    done.complete(snapshots.revert(machine(new MachineState.Active(false)), "one"));
                  } catch (DriverException e) {
                    done.completeExceptionally(e);
                  }
                });
    return done;
  }

  @Test
  void aMachineThatIsPutBackIsShownAsRunningUntilItIsOver() throws Exception {
    MachineView off = machine(new MachineState.Off(MachineState.Cause.UNKNOWN));
    CompletableFuture<VmSnapshot> revert = revert();
    hypervisor.reverting.await();
    hypervisor.state = off.state();
    assertInstanceOf(MachineState.Active.class, snapshots.look(ID).orElseThrow().state());
    assertInstanceOf(MachineState.Active.class, snapshots.shown(off).state());
    assertTrue(snapshots.isAtWork(ID));
    hypervisor.goOn.countDown();
    assertEquals("one", revert.get(30, TimeUnit.SECONDS).getName());
    assertEquals(off, snapshots.look(ID).orElseThrow());
    assertFalse(snapshots.isAtWork(ID));
  }

  @Test
  void oneThingAtATimeIsDoneAndNoneIsLeftUndone() throws Exception {
    CompletableFuture<VmSnapshot> revert = revert();
    hypervisor.reverting.await();
    MachineView running = machine(new MachineState.Active(false));
    Failure busy =
        assertThrows(DriverException.class, () -> snapshots.create(running, "two")).failure();
    assertEquals("SnapshotBusy", busy.reason());
    assertTrue(busy.message().contains("guest.1"), busy.message());
    assertEquals(1, snapshots.list(running).size(), "they can be listed meanwhile");
    hypervisor.failing =
        Optional.of(new HypervisorException(HypervisorException.Kind.FAILED, "full", null));
    hypervisor.goOn.countDown();
    Exception failed = assertThrows(Exception.class, () -> revert.get(30, TimeUnit.SECONDS));
    DriverException cause = assertInstanceOf(DriverException.class, failed.getCause());
    assertInstanceOf(Failure.Permanent.class, cause.failure());
    assertEquals("guest.1: full", cause.failure().message());
    assertFalse(snapshots.isAtWork(ID), "a failure ends it, too");
  }

  /// A machine with one snapshot, `one`, which takes its time to go back to it.
  private static final class OneMachine implements Hypervisor, HypervisorSnapshots {
    final CountDownLatch reverting = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);
    volatile MachineState state = new MachineState.Active(false);
    volatile Optional<HypervisorException> failing = Optional.empty();

    @Override
    public Optional<MachineView> look(UUID machine) {
      return Optional.of(machine(state));
    }

    @Override
    public List<VmSnapshot> list(UUID machine) {
      return List.of(VmSnapshot.newBuilder().setName("one").setWithMemory(true).build());
    }

    @Override
    public void revertActive(UUID machine, String name, boolean paused) throws HypervisorException {
      reverting.countDown();
      try {
        goOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (failing.isPresent()) {
        throw failing.get();
      }
    }

    @Override
    public HypervisorSnapshots snapshots() {
      return this;
    }

    @Override
    public Optional<String> askGuest(UUID machine, String question) {
      return Optional.empty();
    }

    @Override
    public List<MachineBridge> bridges() {
      return List.of();
    }

    @Override
    public void close() {}

    @Override
    public SnapshotGround ground(UUID machine) {
      throw new UnsupportedOperationException("ground");
    }

    @Override
    public void create(UUID machine, String name) {
      throw new UnsupportedOperationException("create");
    }

    @Override
    public void revertOff(UUID machine, String name) {
      throw new UnsupportedOperationException("revertOff");
    }

    @Override
    public void delete(UUID machine, String name) {
      throw new UnsupportedOperationException("delete");
    }

    @Override
    public HypervisorFacts facts() {
      throw new UnsupportedOperationException("facts");
    }

    @Override
    public void define(String xml) {
      throw new UnsupportedOperationException("define");
    }

    @Override
    public List<MachineView> list() {
      return List.of(machine(state));
    }

    @Override
    public void start(UUID machine) {
      throw new UnsupportedOperationException("start");
    }

    @Override
    public boolean shutDown(UUID machine, Shutdown way) {
      throw new UnsupportedOperationException("shutDown");
    }

    @Override
    public void powerOff(UUID machine) {
      throw new UnsupportedOperationException("powerOff");
    }

    @Override
    public boolean resize(UUID machine, long vcpus, long memoryBytes) {
      throw new UnsupportedOperationException("resize");
    }

    @Override
    public void pause(UUID machine) {
      throw new UnsupportedOperationException("pause");
    }

    @Override
    public void unpause(UUID machine) {
      throw new UnsupportedOperationException("unpause");
    }

    @Override
    public void undefine(UUID machine) {
      throw new UnsupportedOperationException("undefine");
    }

    @Override
    public Optional<MachineUsage> usage(UUID machine) {
      return Optional.empty();
    }

    @Override
    public Console console(UUID machine, boolean force) {
      throw new UnsupportedOperationException("console");
    }

    @Override
    public void follow(Listener listener) {}
  }
}
