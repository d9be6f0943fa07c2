package dev.berth.agent.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.Assigned;
import dev.berth.agent.driver.CopyCapable;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.FakeDriver;
import dev.berth.agent.driver.FakeRuntime;
import dev.berth.agent.driver.InstanceUsage;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.PauseCapable;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.agent.driver.SnapshotCapable;
import dev.berth.agent.driver.StatsCapable;
import dev.berth.agent.driver.TopCapable;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import dev.berth.client.ControllerAddress;
import dev.berth.spec.Durations;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.InputEnd;
import dev.berth.v1.ListProcessesResponse;
import dev.berth.v1.OpenStream;
import dev.berth.v1.PathStat;
import dev.berth.v1.PathStreamRequest;
import dev.berth.v1.PauseStreamRequest;
import dev.berth.v1.ProcessesStreamRequest;
import dev.berth.v1.SignalStreamRequest;
import dev.berth.v1.StreamFailure;
import dev.berth.v1.UsageSample;
import dev.berth.v1.UsageStreamRequest;
import dev.berth.v1.VmSnapshot;
import dev.berth.v1.VmSnapshotStreamRequest;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
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
          HostImages.none(),
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

  private static SignalStreamRequest signal(String instance, int number) {
    return SignalStreamRequest.newBuilder().setInstanceId(instance).setSignal(number).build();
  }

  @Test
  void killsWhatTakesNoSignalsByAStopAtOnce() throws Exception {
    FakeRuntime runtime = new FakeRuntime(InstantSource.system());
    FakeDriver driver = new FakeDriver(runtime, new Owner("c", "n"));
    AssignedInstance instance = Assigned.container("web", 1, "runs");
    RuntimeHandle handle = driver.prepare(instance, _ -> {}).handle();
    machine.other = driver;
    machine.otherHandle = handle;
    assertFails(
        Status.Code.FAILED_PRECONDITION, OpenStream.newBuilder().setSignal(signal("other", 9)));
    Observation _ = driver.start(handle);
    assertFails(
        Status.Code.FAILED_PRECONDITION, OpenStream.newBuilder().setSignal(signal("other", 15)));
    assertInstanceOf(RunState.Running.class, driver.inspect(handle).state());
    FakeController.AttachedPeer peer = serve(OpenStream.newBuilder().setSignal(signal("other", 9)));
    assertTrue(peer.next().hasDone());
    assertEquals("completed", peer.awaitEnd());
    assertInstanceOf(RunState.Exited.class, driver.inspect(handle).state());
  }

  @Test
  void listsManyProcessesInSeveralMessages() throws Exception {
    machine.rows = 100;
    FakeController.AttachedPeer peer =
        serve(
            OpenStream.newBuilder()
                .setProcesses(ProcessesStreamRequest.newBuilder().setInstanceId("m")));
    int rows = 0;
    int messages = 0;
    while (rows < 100) {
      ListProcessesResponse message = peer.next().getProcesses();
      assertEquals(messages == 0 ? List.of("PID", "CMD") : List.of(), message.getTitlesList());
      assertTrue(message.getSerializedSize() < 128 << 10, "" + message.getSerializedSize());
      rows += message.getRowsCount();
      messages++;
    }
    assertEquals("completed", peer.awaitEnd());
    assertTrue(messages > 1, "" + messages);
  }

  @Test
  void copiesBothWaysAndTellsWhatIsNotThere() throws Exception {
    PathStreamRequest note =
        PathStreamRequest.newBuilder().setInstanceId("m").setPath("/note").build();
    FakeController.AttachedPeer peer = serve(OpenStream.newBuilder().setPathStat(note));
    assertEquals("note", peer.next().getPathStat().getName());
    assertEquals("completed", peer.awaitEnd());
    peer = serve(OpenStream.newBuilder().setCopyFrom(note));
    int read = 0;
    while (read < Machine.ARCHIVE_BYTES) {
      ByteString piece = peer.next().getData();
      assertTrue(piece.size() > 0 && piece.size() <= 32 << 10, "" + piece.size());
      read += piece.size();
    }
    assertEquals("completed", peer.awaitEnd());
    peer = serve(OpenStream.newBuilder().setCopyTo(note.toBuilder().setKeepOwners(true)));
    peer.say(AttachStreamResponse.newBuilder().setData(ByteString.copyFromUtf8("abc")).build());
    peer.say(AttachStreamResponse.newBuilder().setData(ByteString.copyFromUtf8("def")).build());
    peer.say(AttachStreamResponse.newBuilder().setInputEnd(InputEnd.getDefaultInstance()).build());
    assertTrue(peer.next().hasDone());
    assertEquals("completed", peer.awaitEnd());
    assertEquals("/note true abcdef", machine.written);
    PathStreamRequest missing = note.toBuilder().setPath("/none").build();
    assertFails(Status.Code.NOT_FOUND, OpenStream.newBuilder().setPathStat(missing));
    assertFails(Status.Code.NOT_FOUND, OpenStream.newBuilder().setCopyFrom(missing));
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
      implements CapabilityAccess,
          SnapshotCapable,
          PauseCapable,
          StatsCapable,
          TopCapable,
          CopyCapable {
    static final int SAMPLES = 3;
    static final int ARCHIVE_BYTES = 100_000;

    volatile @Nullable RuntimeDriver other;
    volatile @Nullable RuntimeHandle otherHandle;
    volatile int rows;
    volatile String written = "";

    int samples;
    int storageLooks;
    final List<VmSnapshot> present = new ArrayList<>();
    final List<String> reverted = new ArrayList<>();

    final List<String> stood = new ArrayList<>();

    @Override
    public <C> Subject<C> subject(String instanceId, Class<C> capability, String missing)
        throws LogAccess.UnknownInstanceException {
      RuntimeHandle handle = otherHandle;
      if (handle != null && instanceId.equals("other")) {
        return new Subject<>(Objects.requireNonNull(capability.cast(other)), handle);
      }
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
    public Table top(RuntimeHandle handle, List<String> options) {
      return new Table(
          List.of("PID", "CMD"), Collections.nCopies(rows, List.of("17", "x".repeat(2_000))));
    }

    @Override
    public PathStat stat(RuntimeHandle handle, String path) throws DriverException {
      if (path.equals("/none")) {
        throw DriverException.permanent(NO_SUCH_PATH, "there is nothing", null);
      }
      return PathStat.newBuilder().setName(path.substring(1)).build();
    }

    @Override
    public Archive read(RuntimeHandle handle, String path) throws DriverException {
      PathStat _ = stat(handle, path);
      return new Archive() {
        @Override
        public InputStream bytes() {
          return new ByteArrayInputStream(new byte[ARCHIVE_BYTES]);
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void write(
        RuntimeHandle handle, String directory, boolean keepOwners, InputStream archive)
        throws IOException {
      written =
          directory
              + " "
              + keepOwners
              + " "
              + new String(archive.readAllBytes(), StandardCharsets.UTF_8);
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
