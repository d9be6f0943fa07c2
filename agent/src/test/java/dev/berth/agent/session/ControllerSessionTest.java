package dev.berth.agent.session;

import static dev.berth.v1.OpenSessionRequest.MessageCase.HEARTBEAT;
import static dev.berth.v1.OpenSessionRequest.MessageCase.HELLO;
import static dev.berth.v1.OpenSessionRequest.MessageCase.STATUS_REPORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.journal.EpochFile;
import dev.berth.agent.journal.StateFiles;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.AgentMetrics;
import dev.berth.agent.security.Membership;
import dev.berth.client.ControllerAddress;
import dev.berth.spec.Durations;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.Hello;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.Kind;
import dev.berth.v1.OpenSessionRequest;
import dev.berth.v1.RenewCertificateRequest;
import dev.berth.v1.StatusReport;
import dev.berth.v1.Welcome;
import io.grpc.Status;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ControllerSessionTest {
  private static final String CLUSTER = "7a3f";
  private static final long SLOW = 10_000;
  private static final AgentMetrics NO_METRICS =
      new AgentMetrics() {
        @Override
        public void driverCall(String driver, String verb, Outcome outcome, long nanos) {}

        @Override
        public void dispatch(long nanos) {}

        @Override
        public void bootPhase(Kind kind, BootPhaseKind phase, Duration since) {}

        @Override
        public void session(boolean open) {}
      };

  @TempDir Path directory;
  private final RecordingListener listener = new RecordingListener();
  private final List<ControllerSession> sessions = new ArrayList<>();
  private FakeController controller;
  private EpochFile epochs;

  @BeforeEach
  void open() throws IOException {
    controller = new FakeController();
    epochs = EpochFile.open(StateFiles.in(directory));
  }

  @AfterEach
  void close() {
    sessions.forEach(ControllerSession::close);
    controller.close();
  }

  @Test
  void saysHelloWithAllInstancesAndTakesTheSet() throws Exception {
    assertTrue(epochs.accept(3));
    start();
    FakeController.Peer peer = controller.nextPeer();
    Hello hello = peer.next(HELLO).getHello();
    assertEquals("node-1", hello.getNode());
    assertEquals("uid-1", hello.getNodeUid());
    assertEquals(CLUSTER, hello.getClusterUid());
    assertEquals(3, hello.getHighestEpoch());
    assertEquals("10.0.0.1", hello.getDescription().getAddress());
    assertEquals(1, hello.getInstancesCount());
    peer.welcome(4, CLUSTER, SLOW);
    peer.set(4, 100);
    peer.change(4, 100, 101);
    assertEquals("opened 4", listener.next());
    assertEquals("set 100", listener.next());
    assertEquals("change 101", listener.next());
    assertEquals(4, EpochFile.open(StateFiles.in(directory)).highest());
  }

  @Test
  void aLowerEpochIsRefused() throws Exception {
    assertTrue(epochs.accept(9));
    start();
    FakeController.Peer old = controller.nextPeer();
    old.welcome(8, CLUSTER, SLOW);
    String _ = old.awaitEnd();
    FakeController.Peer leader = controller.nextPeer();
    leader.welcome(9, CLUSTER, SLOW);
    assertEquals("opened 9", listener.next());
  }

  @Test
  void aForeignClusterIsRefused() throws Exception {
    start();
    FakeController.Peer foreign = controller.nextPeer();
    foreign.welcome(50, "another", SLOW);
    foreign.set(50, 1);
    String _ = foreign.awaitEnd();
    controller.nextPeer().welcome(1, CLUSTER, SLOW);
    assertEquals("opened 1", listener.next());
    assertEquals(1, epochs.highest());
  }

  @Test
  void aSetBeforeTheWelcomeOrOfAnotherEpochIsRefused() throws Exception {
    start();
    FakeController.Peer hasty = controller.nextPeer();
    hasty.set(1, 1);
    String _ = hasty.awaitEnd();
    FakeController.Peer odd = controller.nextPeer();
    odd.welcome(2, CLUSTER, SLOW);
    odd.set(1, 1);
    String _ = odd.awaitEnd();
    assertEquals("opened 2", listener.next());
    assertEquals("closed", listener.next());
  }

  @Test
  void aBrokenChainEndsTheSessionAndTheNextOneBeginsWithACompleteSet() throws Exception {
    start();
    FakeController.Peer peer = controller.nextPeer();
    peer.welcome(1, CLUSTER, SLOW);
    peer.set(1, 10);
    peer.change(1, 11, 12);
    String _ = peer.awaitEnd();
    assertEquals("opened 1", listener.next());
    assertEquals("set 10", listener.next());
    assertEquals("closed", listener.next());
    FakeController.Peer again = controller.nextPeer();
    again.welcome(1, CLUSTER, SLOW);
    again.set(1, 12);
    assertEquals("opened 1", listener.next());
    assertEquals("set 12", listener.next());
  }

  @Test
  void reportsAreSentAtOnceAndInOrderWithoutGaps() throws Exception {
    ControllerSession session = start();
    FakeController.Peer peer = open(SLOW);
    session.report("a", status(InstanceState.INSTANCE_STATE_STARTING));
    assertEquals(1, report(peer).getSequence());
    session.report("a", status(InstanceState.INSTANCE_STATE_RUNNING));
    StatusReport second = report(peer);
    assertEquals(2, second.getSequence());
    assertEquals(
        InstanceState.INSTANCE_STATE_RUNNING, second.getInstances(0).getStatus().getState());
  }

  @Test
  void reportsThatAreNotAcknowledgedAreRepeated() throws Exception {
    ControllerSession session = start();
    FakeController.Peer peer = open(2_000);
    session.report("a", status(InstanceState.INSTANCE_STATE_RUNNING));
    session.report("b", status(InstanceState.INSTANCE_STATE_RUNNING));
    assertEquals("a", report(peer).getInstances(0).getInstanceId());
    StatusReport second = report(peer);
    peer.acknowledge(1);
    assertEquals("b", second.getInstances(0).getInstanceId());
    StatusReport third = peer.next(STATUS_REPORT, () -> peer.acknowledge(1)).getStatusReport();
    assertEquals(3, third.getSequence());
    assertEquals("b", third.getInstances(0).getInstanceId());
    peer.acknowledge(3);
  }

  @Test
  void reportsBeforeTheWelcomeWaitForIt() throws Exception {
    ControllerSession session = start();
    FakeController.Peer peer = controller.nextPeer();
    var _ = peer.next(HELLO);
    session.report("a", status(InstanceState.INSTANCE_STATE_RUNNING));
    assertTrue(peer.silentFor(100, STATUS_REPORT));
    peer.welcome(1, CLUSTER, SLOW);
    assertEquals("a", report(peer).getInstances(0).getInstanceId());
  }

  @Test
  void heartbeatsAreCounted() throws Exception {
    start();
    FakeController.Peer peer = open(1_000);
    for (long sequence = 1; sequence <= 3; sequence++) {
      assertEquals(sequence, peer.next(HEARTBEAT).getHeartbeat().getSequence());
      peer.acknowledge(0);
    }
  }

  @Test
  void heartbeatsComeOftenEnoughForWhatNeedsContact() throws Exception {
    long never = 2_000_000;
    listener.needsContact = true;
    start();
    FakeController.Peer peer = controller.nextPeer();
    peer.welcome(1, CLUSTER, never, 800);
    for (long sequence = 1; sequence <= 3; sequence++) {
      assertEquals(sequence, peer.next(HEARTBEAT).getHeartbeat().getSequence());
      peer.acknowledge(0);
    }
  }

  @Test
  void aControllerThatSaysNothingIsTakenForDead() throws Exception {
    start();
    FakeController.Peer silent = open(50);
    String _ = silent.awaitEnd();
    FakeController.Peer next = controller.nextPeer();
    assertNotEquals(silent, next);
  }

  @Test
  void dialsTheNextControllerWhenOneDoesNotLead() throws Exception {
    int nobody = unusedPort();
    try (FakeController follower = new FakeController()) {
      start(nobody, follower.port(), controller.port());
      FakeController.Peer refused = follower.nextPeer();
      refused.fail(Status.UNAVAILABLE.withDescription("this controller does not lead"));
      controller.nextPeer().welcome(1, CLUSTER, SLOW);
      assertEquals("opened 1", listener.next());
    }
  }

  @Test
  void renewsItsCertificateOverTheSessionsConnection() throws Exception {
    ControllerSession session = start();
    FakeController.Peer _ = open(SLOW);
    assertEquals(
        "new",
        session
            .renew(RenewCertificateRequest.getDefaultInstance())
            .getCertificate()
            .toStringUtf8());
    assertEquals(1, controller.dials.get());
  }

  @Test
  void goesToTheLeaderThatAnotherControllerNames() throws Exception {
    try (FakeController follower = new FakeController()) {
      start(follower.port());
      follower.nextPeer().redirect("127.0.0.1:" + controller.port());
      FakeController.Peer leader = controller.nextPeer();
      leader.welcome(5, CLUSTER, SLOW);
      assertEquals("opened 5", listener.next());
    }
  }

  @Test
  void aNameThatIsNoAddressIsPassedOver() throws Exception {
    try (FakeController follower = new FakeController()) {
      start(follower.port(), controller.port());
      follower.nextPeer().redirect("nobody");
      controller.nextPeer().welcome(5, CLUSTER, SLOW);
      assertEquals("opened 5", listener.next());
    }
  }

  @Test
  void contactCountsFromWhenTheHelloAndTheHeartbeatsWereSent() throws Exception {
    AgentClock clock = AgentClock.system();
    long before = clock.bootMillis();
    start();
    FakeController.Peer peer = controller.nextPeer();
    OpenSessionRequest _ = peer.next(HELLO);
    long received = clock.bootMillis();
    peer.welcome(1, CLUSTER, 300);
    assertEquals("opened 1", listener.next());
    long sequence = peer.next(HEARTBEAT).getHeartbeat().getSequence();
    peer.acknowledgeHeartbeat(sequence);
    peer.set(1, 1);
    long hello = listener.nextContact();
    assertTrue(hello >= before && hello <= received, "the hello, and no heartbeat before the set");
    sequence = peer.next(HEARTBEAT).getHeartbeat().getSequence();
    received = clock.bootMillis();
    peer.acknowledgeHeartbeat(sequence + 1000);
    peer.acknowledgeHeartbeat(sequence);
    long beat = listener.nextContact();
    assertTrue(beat > hello && beat <= received, "not when it was acknowledged");
  }

  @Test
  void waitsLongerEachTimeWithFullJitter() {
    BackOff backOff = new BackOff(1, () -> ThreadLocalRandom.current().nextLong());
    long bound = 50;
    for (int i = 0; i < 20; i++) {
      assertTrue(backOff.nextMillis() <= Math.min(bound, 5_000));
      bound *= 2;
    }
    backOff.reset();
    assertTrue(backOff.nextMillis() <= 50);
  }

  @Test
  void dialsInItsTurnOnlyWhenTheControllerEndsAllSessions() throws Exception {
    Waits waits = new Waits();
    start(waits, controller.port());
    FakeController.Peer alone = controller.nextPeer();
    alone.welcome(spread(Duration.ofSeconds(40)));
    alone.fail(Status.UNAVAILABLE);
    assertEquals(50, waits.longest.take());
    FakeController.Peer all = controller.nextPeer();
    all.welcome(spread(Duration.ofSeconds(40)));
    all.leave();
    assertEquals(40_000, waits.longest.take());
    FakeController.Peer _ = controller.nextPeer();
  }

  private static Welcome.Builder spread(Duration spread) {
    return Welcome.newBuilder()
        .setEpoch(1)
        .setClusterUid(CLUSTER)
        .setHeartbeatInterval(Durations.toProto(Duration.ofMillis(SLOW)))
        .setLostTimeout(Durations.toProto(Duration.ofSeconds(20)))
        .setDialSpread(Durations.toProto(spread));
  }

  /// Waits no longer than it must, and remembers how long it might have been.
  private static final class Waits implements RandomGenerator {
    private final BlockingQueue<Long> longest = new LinkedBlockingQueue<>();

    @Override
    public long nextLong() {
      return 0;
    }

    @Override
    public long nextLong(long bound) {
      longest.add(bound - 1);
      return 0;
    }
  }

  private FakeController.Peer open(long heartbeatMillis) throws InterruptedException {
    FakeController.Peer peer = controller.nextPeer();
    peer.welcome(1, CLUSTER, heartbeatMillis);
    peer.set(1, 1);
    assertEquals("opened 1", listener.next());
    assertEquals("set 1", listener.next());
    return peer;
  }

  private static StatusReport report(FakeController.Peer peer) throws InterruptedException {
    return peer.next(STATUS_REPORT).getStatusReport();
  }

  private static InstanceStatus status(InstanceState state) {
    return InstanceStatus.newBuilder().setState(state).build();
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private ControllerSession start() {
    return start(controller.port());
  }

  private ControllerSession start(int... ports) {
    return start(() -> ThreadLocalRandom.current().nextLong(), ports);
  }

  private ControllerSession start(RandomGenerator random, int... ports) {
    List<ControllerAddress> addresses = new ArrayList<>();
    for (int port : ports) {
      addresses.add(new ControllerAddress("127.0.0.1", port));
    }
    ControllerSession session =
        new ControllerSession(
            new SessionSettings(addresses, new Membership(CLUSTER, "node-1", "uid-1")),
            new ControllerSession.Ports(
                controller, epochs, listener, (request, channel) -> {}, NO_METRICS),
            AgentClock.system(),
            random);
    sessions.add(session);
    var _ = Thread.ofVirtual().start(session);
    return session;
  }
}
