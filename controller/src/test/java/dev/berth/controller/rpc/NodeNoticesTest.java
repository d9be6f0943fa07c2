package dev.berth.controller.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.v1.Event;
import dev.berth.v1.EventServiceGrpc;
import dev.berth.v1.EventSeverity;
import dev.berth.v1.NodeNotice;
import dev.berth.v1.OpenSessionRequest;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.WatchEventsRequest;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What agents tell of their hosts becomes events about their nodes.
@Timeout(120)
final class NodeNoticesTest {
  @TempDir Path data;
  private RpcHarness harness;
  private FakeAgent agent;

  @BeforeEach
  void start() throws Exception {
    harness = new RpcHarness(data);
    agent = FakeAgent.connected(harness, "n1");
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  private void say(String reason, String message, boolean warning) {
    agent.stream.onNext(
        OpenSessionRequest.newBuilder()
            .setNotice(
                NodeNotice.newBuilder().setReason(reason).setMessage(message).setWarning(warning))
            .build());
  }

  private List<Event> events(String reason) throws Exception {
    List<Event> found = new ArrayList<>();
    EventServiceGrpc.newBlockingStub(harness.admin())
        .watchEvents(WatchEventsRequest.newBuilder().setNode("n1").build())
        .forEachRemaining(
            event -> {
              if (event.getReason().equals(reason)) {
                found.add(event);
              }
            });
    return found;
  }

  @Test
  void aNoticeIsAnEventOfItsNodeAndTooManyAreNot() throws Exception {
    for (int i = 1; i <= NoticeBudget.MOST + 5; i++) {
      say("ImageRemoved", "image " + i + " was removed", i == 1);
    }
    // The agent's messages are taken one after the other: once this is acknowledged, all are.
    agent.heartbeat(1);
    var _ = agent.await(OpenSessionResponse::hasHeartbeatAck);
    List<Event> removed = events("ImageRemoved");
    assertEquals(NoticeBudget.MOST, removed.size());
    assertEquals("Node n1: image 1 was removed", removed.getFirst().getMessage());
    assertEquals(EventSeverity.EVENT_SEVERITY_WARNING, removed.getFirst().getSeverity());
    assertEquals(EventSeverity.EVENT_SEVERITY_INFO, removed.getLast().getSeverity());
  }

  @Test
  void whatIsNoNoticeEndsTheSession() throws Exception {
    say("Image removed!", "x", false);
    assertEquals(Status.Code.FAILED_PRECONDITION, agent.received.end().getCode());
    FakeAgent other = FakeAgent.connected(harness, "n2");
    agent = other;
    say("ImageRemoved", "x".repeat(1001), false);
    Status end = other.received.end();
    assertTrue(String.valueOf(end.getDescription()).contains("notice.message"), end.toString());
  }
}
