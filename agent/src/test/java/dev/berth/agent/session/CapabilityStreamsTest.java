package dev.berth.agent.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.InstanceUsage;
import dev.berth.agent.driver.PauseCapable;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.agent.driver.SnapshotCapable;
import dev.berth.agent.driver.StatsCapable;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import dev.berth.client.ControllerAddress;
import dev.berth.spec.Durations;
import dev.berth.v1.OpenStream;
import dev.berth.v1.PauseStreamRequest;
import dev.berth.v1.StreamFailure;
import dev.berth.v1.UsageSample;
import dev.berth.v1.UsageStreamRequest;
import dev.berth.v1.VmSnapshot;
import dev.berth.v1.VmSnapshotStreamRequest;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class CapabilityStreamsTest {
  private final Machine machine = new Machine();
  private final InstanceStreams streams =
      new InstanceStreams(
          new NoLogs(),
          (_, _) -> {
            throw new IllegalStateException("no consoles here");
          },
          machine,
          Optional.empty(),
          Optional.empty(),
          Threads.virtual(),
          AgentClock.system());
  private FakeController controller;
  private Dialler.Connection connection;

  @BeforeEach
  void open() throws IOException {
    controller = new FakeController();
    connection = controller.dial(new ControllerAddress("127.0.0.1", controller.port()));
  }

  @AfterEach
  void close() {
    connection.close();
    controller.close();
  }

  private FakeController.AttachedPeer serve(OpenStream.Builder request) throws Exception {
    streams.serve(request.setStreamId("stream-1").build(), connection.channel());
    FakeController.AttachedPeer peer = controller.nextStream();
    assertEquals("stream-1", peer.next().getStreamId());
    return peer;
  }

  private static VmSnapshotStreamRequest order(String instance, String name) {
    return VmSnapshotStreamRequest.newBuilder().setInstanceId(instance).setName(name).build();
  }

  private static VmSnapshot snapshot(String name) {
    return VmSnapshot.newBuilder().setName(name).build();
  }

  @Test
  void listsOneAMessage() throws Exception {
    machine.present.add(snapshot("a"));
    machine.present.add(snapshot("b"));
    FakeController.AttachedPeer peer =
        serve(OpenStream.newBuilder().setVmSnapshotList(order("m", "")));
    assertEquals(snapshot("a"), peer.next().getVmSnapshot());
    assertEquals(snapshot("b"), peer.next().getVmSnapshot());
    assertEquals("completed", peer.awaitEnd());
  }

  @Test
  void takesRevertsToAndRemoves() throws Exception {
    FakeController.AttachedPeer peer =
        serve(OpenStream.newBuilder().setVmSnapshotCreate(order("m", "a")));
    assertEquals(snapshot("a"), peer.next().getVmSnapshot());
    assertEquals("completed", peer.awaitEnd());
    peer = serve(OpenStream.newBuilder().setVmSnapshotRevert(order("m", "a")));
    assertEquals(snapshot("a"), peer.next().getVmSnapshot());
    peer = serve(OpenStream.newBuilder().setVmSnapshotDelete(order("m", "a")));
    assertEquals(snapshot("a"), peer.next().getVmSnapshot());
    assertEquals("completed", peer.awaitEnd());
    assertEquals(List.of(), machine.present);
    assertEquals(List.of("a"), machine.reverted);
  }

  @Test
  void namesOneByTheTime() throws Exception {
    FakeController.AttachedPeer peer =
        serve(OpenStream.newBuilder().setVmSnapshotCreate(order("m", "")));
    String name = peer.next().getVmSnapshot().getName();
    assertTrue(name.matches("20[0-9]{6}-[0-9]{6}"), name);
  }

  @Test
  void tellsApartWhatIsThereAndWhatIsNot() throws Exception {
    machine.present.add(snapshot("a"));
    assertFails(
        Status.Code.ALREADY_EXISTS, OpenStream.newBuilder().setVmSnapshotCreate(order("m", "a")));
    assertFails(
        Status.Code.NOT_FOUND, OpenStream.newBuilder().setVmSnapshotRevert(order("m", "b")));
    assertFails(
        Status.Code.NOT_FOUND, OpenStream.newBuilder().setVmSnapshotDelete(order("m", "b")));
    assertFails(
        Status.Code.NOT_FOUND, OpenStream.newBuilder().setVmSnapshotList(order("other", "")));
  }

  @Test
  void letsOneStandStillAndGoOn() throws Exception {
    FakeController.AttachedPeer peer = serve(OpenStream.newBuilder().setPause(pause("m")));
    assertTrue(peer.next().hasDone());
    assertEquals("completed", peer.awaitEnd());
    peer = serve(OpenStream.newBuilder().setUnpause(pause("m")));
    assertTrue(peer.next().hasDone());
    assertEquals("completed", peer.awaitEnd());
    assertEquals(List.of("pause m", "unpause m"), machine.stood);
    assertFails(Status.Code.NOT_FOUND, OpenStream.newBuilder().setPause(pause("other")));
    machine.present.add(snapshot("a"));
    assertFails(Status.Code.FAILED_PRECONDITION, OpenStream.newBuilder().setPause(pause("m")));
  }

  @Test
  void measuresAgainAndAgainUntilItDoesNotRun() throws Exception {
    FakeController.AttachedPeer peer = serve(OpenStream.newBuilder().setUsage(usage("m")));
    for (int i = 1; i <= Machine.SAMPLES; i++) {
      UsageSample sample = peer.next().getUsage();
      assertEquals(i, sample.getCpuNanos());
      assertEquals(7, sample.getStorageBytes());
      assertTrue(sample.hasTime() && !sample.hasMemoryBytes(), sample.toString());
    }
    assertEquals("completed", peer.awaitEnd());
    assertEquals(1, machine.storageLooks, "files are not looked at again and again");
    assertFails(Status.Code.FAILED_PRECONDITION, OpenStream.newBuilder().setUsage(usage("m")));
    assertFails(Status.Code.NOT_FOUND, OpenStream.newBuilder().setUsage(usage("other")));
  }

  @Test
  void measuresOnceWhenThatIsAskedFor() throws Exception {
    FakeController.AttachedPeer peer =
        serve(OpenStream.newBuilder().setUsage(usage("m").setOnce(true)));
    assertEquals(1, peer.next().getUsage().getCpuNanos());
    assertEquals("completed", peer.awaitEnd());
  }

  private static UsageStreamRequest.Builder usage(String instance) {
    return UsageStreamRequest.newBuilder()
        .setInstanceId(instance)
        .setInterval(Durations.toProto(Duration.ofMillis(1)));
  }

  private static PauseStreamRequest pause(String instance) {
    return PauseStreamRequest.newBuilder().setInstanceId(instance).build();
  }

  private void assertFails(Status.Code code, OpenStream.Builder request) throws Exception {
    FakeController.AttachedPeer peer = serve(request);
    StreamFailure failure = peer.next().getFailure();
    assertEquals(code.value(), failure.getCode(), failure.getMessage());
    assertEquals("completed", peer.awaitEnd());
  }

  /// A machine whose snapshots are names, and which runs as long as it was not measured often.
  private static final class Machine
      implements CapabilityAccess, SnapshotCapable, PauseCapable, StatsCapable {
    static final int SAMPLES = 3;

    int samples;
    int storageLooks;
    final List<VmSnapshot> present = new ArrayList<>();
    final List<String> reverted = new ArrayList<>();

    final List<String> stood = new ArrayList<>();

    @Override
    public <C> Subject<C> subject(String instanceId, Class<C> capability, String missing)
        throws LogAccess.UnknownInstanceException {
      if (!instanceId.equals("m")) {
        throw new LogAccess.UnknownInstanceException("there is no " + instanceId);
      }
      return new Subject<>(capability.cast(this), new RuntimeHandle("fake", instanceId, "1"));
    }

    @Override
    public synchronized List<InstanceUsage> stats(Collection<RuntimeHandle> handles) {
      return ++samples > SAMPLES
          ? List.of()
          : List.of(
              new InstanceUsage(
                  "m",
                  OptionalLong.of(samples),
                  InstanceUsage.Memory.of(OptionalLong.empty()),
                  InstanceUsage.Traffic.UNKNOWN,
                  InstanceUsage.Traffic.UNKNOWN));
    }

    @Override
    public synchronized OptionalLong storageBytes(RuntimeHandle handle) {
      storageLooks++;
      return OptionalLong.of(7);
    }

    @Override
    public synchronized void pause(RuntimeHandle handle) throws DriverException {
      if (!present.isEmpty()) {
        throw DriverException.permanent(NOT_RUNNING, "it does not run", null);
      }
      stood.add("pause " + handle.instanceId());
    }

    @Override
    public synchronized void unpause(RuntimeHandle handle) {
      stood.add("unpause " + handle.instanceId());
    }

    @Override
    public synchronized List<VmSnapshot> snapshots(RuntimeHandle handle) {
      return List.copyOf(present);
    }

    @Override
    public synchronized VmSnapshot createSnapshot(RuntimeHandle handle, String name)
        throws DriverException {
      if (present.contains(snapshot(name))) {
        throw DriverException.permanent(EXISTS, "there is one", null);
      }
      present.add(snapshot(name));
      return snapshot(name);
    }

    @Override
    public synchronized VmSnapshot revertSnapshot(RuntimeHandle handle, String name)
        throws DriverException {
      requirePresent(name);
      reverted.add(name);
      return snapshot(name);
    }

    @Override
    public synchronized VmSnapshot removeSnapshot(RuntimeHandle handle, String name)
        throws DriverException {
      requirePresent(name);
      present.remove(snapshot(name));
      return snapshot(name);
    }

    private void requirePresent(String name) throws DriverException {
      if (!present.contains(snapshot(name))) {
        throw DriverException.permanent(MISSING, "there is none", null);
      }
    }
  }
}
