package dev.berth.controller.rpc;

import static io.grpc.Status.Code.ABORTED;
import static io.grpc.Status.Code.FAILED_PRECONDITION;
import static io.grpc.Status.Code.NOT_FOUND;
import static io.grpc.Status.Code.PERMISSION_DENIED;
import static io.grpc.Status.Code.UNAVAILABLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.InstanceServiceGrpc;
import dev.berth.v1.LogChunk;
import dev.berth.v1.LogSource;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.OpenStream;
import dev.berth.v1.StreamFailure;
import dev.berth.v1.StreamLogsRequest;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StreamLogsTest {
  @TempDir Path data;
  private RpcHarness harness;
  private FakeAgent agent;

  @BeforeEach
  void start() throws Exception {
    harness = new RpcHarness(data);
    agent = FakeAgent.connected(harness, "n1");
    var _ = harness.workloads().createWorkload(RpcHarness.service("web", 1));
    var _ = agent.awaitInstance("web");
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  private Recorder<StreamLogsRequest, LogChunk> logs(int prefetch) throws Exception {
    Recorder<StreamLogsRequest, LogChunk> user = new Recorder<>(prefetch);
    InstanceServiceGrpc.newStub(harness.admin())
        .streamLogs(
            StreamLogsRequest.newBuilder().setInstance("web.1").setTailLines(7).build(), user);
    return user;
  }

  private static AttachStreamRequest chunk(int bytes) {
    return AttachStreamRequest.newBuilder()
        .setLog(
            LogChunk.newBuilder()
                .setSource(LogSource.LOG_SOURCE_STDOUT)
                .setData(ByteString.copyFrom(new byte[bytes])))
        .build();
  }

  @Test
  void carriesOutputFromTheAgentToTheUserAndEndsBoth() throws Exception {
    var user = logs(-1);
    OpenStream asked = agent.asked();
    assertEquals(7, asked.getLogs().getOptions().getTailLines());
    Recorder<AttachStreamRequest, AttachStreamResponse> end = new Recorder<>();
    StreamObserver<AttachStreamRequest> stream = agent.dial(asked.getStreamId(), end);
    for (int size = 1; size <= 32 * 1024; size *= 8) {
      stream.onNext(chunk(size));
      assertEquals(size, user.next().getData().size());
    }
    stream.onCompleted();
    assertEquals(Status.OK, user.end());
    assertEquals(Status.OK, end.end());
  }

  @Test
  void holdsTheAgentBackWhileTheUserDoesNotRead() throws Exception {
    var user = logs(0);
    OpenStream asked = agent.asked();
    int sent = 0;
    Recorder<AttachStreamRequest, AttachStreamResponse> end = new Recorder<>();
    ClientCallStreamObserver<AttachStreamRequest> stream =
        (ClientCallStreamObserver<AttachStreamRequest>) agent.dial(asked.getStreamId(), end);
    long deadline = System.nanoTime() + java.util.concurrent.TimeUnit.SECONDS.toNanos(2);
    while (System.nanoTime() < deadline) {
      if (stream.isReady()) {
        stream.onNext(chunk(32 * 1024));
        sent++;
      } else {
        Thread.onSpinWait();
      }
    }
    assertTrue(sent < 200, "sent ahead: " + sent + " x 32 KiB");
    assertEquals(0, user.waiting());
    // What waits for the user does not stand in the way of the session on the same connection.
    agent.heartbeat(1);
    assertEquals(1, agent.await(OpenSessionResponse::hasHeartbeatAck).getHeartbeatAck());
    user.request(Integer.MAX_VALUE);
    for (int i = 0; i < sent; i++) {
      assertEquals(32 * 1024, user.next().getData().size());
    }
    stream.onCompleted();
    assertEquals(Status.OK, user.end());
  }

  @Test
  void endsTheAgentsStreamWhenTheUserLeaves() throws Exception {
    var user = logs(-1);
    Recorder<AttachStreamRequest, AttachStreamResponse> end = new Recorder<>();
    var stream = agent.dial(agent.asked().getStreamId(), end);
    stream.onNext(chunk(10));
    var _ = user.next();
    user.cancel();
    assertEquals(ABORTED, end.end().getCode());
  }

  @Test
  void tellsTheUserWhenTheAgentGoesAway() throws Exception {
    var user = logs(-1);
    Recorder<AttachStreamRequest, AttachStreamResponse> end = new Recorder<>();
    var stream = agent.dial(agent.asked().getStreamId(), end);
    stream.onNext(chunk(10));
    var _ = user.next();
    end.cancel();
    assertEquals(UNAVAILABLE, user.end().getCode());
  }

  @Test
  void passesOnWhyTheAgentCouldNot() throws Exception {
    var user = logs(-1);
    var stream = agent.dial(agent.asked().getStreamId(), new Recorder<>());
    stream.onNext(
        AttachStreamRequest.newBuilder()
            .setFailure(
                StreamFailure.newBuilder()
                    .setCode(Status.Code.NOT_FOUND.value())
                    .setMessage("no container ü".repeat(400)))
            .build());
    assertEquals(NOT_FOUND, user.end().getCode());
  }

  @Test
  void servesAStreamIdOnceAndOnlyItsNode() throws Exception {
    FakeAgent other = FakeAgent.connected(harness, "n2");
    var user = logs(-1);
    String id = agent.asked().getStreamId();
    Recorder<AttachStreamRequest, AttachStreamResponse> stolen = new Recorder<>();
    var _ = other.dial(id, stolen);
    assertEquals(PERMISSION_DENIED, stolen.end().getCode());
    var stream = agent.dial(id, new Recorder<>());
    stream.onNext(chunk(10));
    assertEquals(10, user.next().getData().size());
    Recorder<AttachStreamRequest, AttachStreamResponse> again = new Recorder<>();
    var _ = agent.dial(id, again);
    assertEquals(FAILED_PRECONDITION, again.end().getCode());
    stream.onCompleted();
    assertEquals(Status.OK, user.end());
  }

  @Test
  void endsAStreamWithPiecesThatAreTooLarge() throws Exception {
    var user = logs(-1);
    Recorder<AttachStreamRequest, AttachStreamResponse> end = new Recorder<>();
    var stream = agent.dial(agent.asked().getStreamId(), end);
    stream.onNext(chunk(33 * 1024));
    assertEquals(FAILED_PRECONDITION, end.end().getCode());
    assertEquals(UNAVAILABLE, user.end().getCode());
  }

  @Test
  void givesUpWhenTheAgentDoesNotDial() throws Exception {
    var user = logs(-1);
    var _ = agent.asked();
    assertEquals(UNAVAILABLE, user.end().getCode());
  }

  @Test
  void refusesWhatHasNoOutput() throws Exception {
    var _ = harness.workloads().createWorkload(RpcHarness.service("none", 0));
    for (String instance : java.util.List.of("none.1", "f".repeat(32))) {
      Recorder<StreamLogsRequest, LogChunk> user = new Recorder<>();
      InstanceServiceGrpc.newStub(harness.admin())
          .streamLogs(StreamLogsRequest.newBuilder().setInstance(instance).build(), user);
      assertEquals(NOT_FOUND, user.end().getCode());
    }
  }

  @Test
  void saysThatTheNodeIsNotConnected() throws Exception {
    agent.stream.onCompleted();
    assertEquals(Status.OK, agent.end());
    Recorder<StreamLogsRequest, LogChunk> user = logs(-1);
    assertEquals(UNAVAILABLE, user.end().getCode());
  }
}
