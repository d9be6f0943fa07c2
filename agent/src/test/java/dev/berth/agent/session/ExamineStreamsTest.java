package dev.berth.agent.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Timestamp;
import dev.berth.agent.doctor.NodeExaminer;
import dev.berth.agent.driver.DriverRegistry;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.forwarding.Forwarding;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.HostCommands;
import dev.berth.agent.port.Threads;
import dev.berth.client.ControllerAddress;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.ExamineRequest;
import dev.berth.v1.FindingVerdict;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.NodeExamination;
import dev.berth.v1.NodeFinding;
import dev.berth.v1.OpenStream;
import io.grpc.Status;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a node finds on a host without any program, as a controller hears it over real gRPC.
@Timeout(120)
final class ExamineStreamsTest {
  private FakeController controller;
  private Dialler.Connection connection;

  @BeforeEach
  void open() throws Exception {
    controller = new FakeController();
    connection = controller.dial(new ControllerAddress("127.0.0.1", controller.port()));
  }

  @AfterEach
  void close() {
    connection.close();
    controller.close();
  }

  private static final class NoPrograms implements HostCommands {
    @Override
    public boolean has(String program) {
      return false;
    }

    @Override
    public Output run(List<String> words) {
      return new Output(1, "");
    }
  }

  private static NodeExaminer examiner() {
    HostCommands none = new NoPrograms();
    return new NodeExaminer(
        NodeDescription::getDefaultInstance,
        new Forwarding(none, new DriverRegistry(List.of()), new Owner("cluster-1", "host-1")),
        none,
        new NodeExaminer.Place(Path.of("/nonexistent"), URI.create("unix:///nonexistent/d.sock")),
        AgentClock.system());
  }

  private FakeController.AttachedPeer serve(Optional<NodeExaminer> examiner, Instant asked)
      throws Exception {
    InstanceStreams streams =
        new InstanceStreams(
            new NoLogs(),
            (_, _) -> {
              throw new IllegalStateException("no consoles here");
            },
            new NoCapabilities(),
            HostImages.none(),
            examiner,
            Threads.virtual(),
            AgentClock.system());
    Timestamp time = Timestamp.newBuilder().setSeconds(asked.getEpochSecond()).build();
    streams.serve(
        OpenStream.newBuilder()
            .setStreamId("stream-1")
            .setExamine(ExamineRequest.newBuilder().setControllerTime(time))
            .build(),
        connection.channel());
    FakeController.AttachedPeer peer = controller.nextStream();
    assertEquals("stream-1", peer.next().getStreamId());
    return peer;
  }

  private static NodeFinding finding(NodeExamination examination, String check) {
    return examination.getFindingsList().stream()
        .filter(each -> each.getCheck().equals(check))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aHostWithoutProgramsHasSkippedChecksAndNoFailure() throws Exception {
    FakeController.AttachedPeer peer = serve(Optional.of(examiner()), Instant.now());
    NodeExamination examination = peer.next().getExamination();
    NodeFinding forwarding = finding(examination, "forwarding");
    assertEquals(FindingVerdict.FINDING_VERDICT_SKIPPED, forwarding.getVerdict());
    assertEquals("there is no iptables on this host", forwarding.getSeen());
    assertEquals(FindingVerdict.FINDING_VERDICT_SKIPPED, finding(examination, "disk").getVerdict());
    assertEquals(FindingVerdict.FINDING_VERDICT_OK, finding(examination, "clock").getVerdict());
    assertEquals(0, examination.getMendsCount());
  }

  @Test
  void theClockIsComparedWithTheControllers() throws Exception {
    FakeController.AttachedPeer peer =
        serve(Optional.of(examiner()), Instant.now().minusSeconds(600));
    NodeFinding clock = finding(peer.next().getExamination(), "clock");
    assertEquals(FindingVerdict.FINDING_VERDICT_PROBLEM, clock.getVerdict());
    assertTrue(clock.getSeen().contains("ahead of the controller's clock"), clock.getSeen());
  }

  @Test
  void anAgentThatDoesNotLookSaysSo() throws Exception {
    AttachStreamRequest answer = serve(Optional.empty(), Instant.now()).next();
    assertEquals(Status.Code.UNIMPLEMENTED.value(), answer.getFailure().getCode());
  }
}
