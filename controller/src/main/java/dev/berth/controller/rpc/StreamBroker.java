package dev.berth.controller.rpc;

import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.security.Caller;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.OpenStream;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// Pairs a user's stream with the one that the agent dials for it. Nothing of it passes the loop.
final class StreamBroker {
  /// Time for the agent to dial, and to say which stream it dials for.
  static final long PAIRING_SECONDS = 10;

  private static final int WAITING_MAX = 1000;

  private final AgentSessions sessions;
  private final ScheduledExecutorService timer;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();

  StreamBroker(AgentSessions sessions, ScheduledExecutorService timer) {
    this.sessions = sessions;
    this.timer = timer;
  }

  private record Waiting(String node, AgentStream stream) {}

  /// Where an agent is reached.
  ///
  /// @param node the node's name
  /// @param sessionId its live session
  record Target(String node, long sessionId) {
    /// The agent of an instance that has a node.
    ///
    /// @param what is wanted of it, for messages: "the output of web.1"
    static Target of(ClusterState state, InstanceRecord instance, String what) {
      NodeRecord node = state.node(instance.node());
      if (node == null || !node.isConnected()) {
        throw StatusMapper.refused(
            RefusalCode.UNAVAILABLE,
            "%s is on node %s, which is not connected: repeat when its agent is back"
                .formatted(what, instance.node()));
      }
      return new Target(node.name(), node.liveness().session().id());
    }
  }

  /// Asks an agent to dial, and gives its stream to the user's.
  ///
  /// @param request what the agent is asked for; gets its id here
  void open(Target target, OpenStream.Builder request, AgentStream stream) {
    if (waiting.size() >= WAITING_MAX) {
      throw StatusMapper.refused(
          RefusalCode.OVERLOADED, "too many streams are being opened: repeat in a second");
    }
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    String id = HexFormat.of().formatHex(bytes);
    waiting.put(id, new Waiting(target.node(), stream));
    stream.ask(target.node(), () -> waiting.remove(id));
    OpenSessionResponse question =
        OpenSessionResponse.newBuilder().setOpenStream(request.setStreamId(id)).build();
    if (!sessions.ask(target.sessionId(), question)) {
      waiting.remove(id);
      throw StatusMapper.refused(
          RefusalCode.UNAVAILABLE,
          "node " + target.node() + " is not connected: repeat when its agent is back");
    }
    var _ = timer.schedule(() -> giveUp(id), PAIRING_SECONDS, TimeUnit.SECONDS);
  }

  private void giveUp(String id) {
    Waiting late = waiting.remove(id);
    if (late != null) {
      late.stream()
          .fail(
              RefusalCode.UNAVAILABLE,
              "node %s did not serve the stream within %d s: look at its agent's log"
                  .formatted(late.node(), PAIRING_SECONDS));
    }
  }

  /// Takes a stream that an agent dialled. Must be called while that call is being started.
  StreamObserver<AttachStreamRequest> attach(
      Caller.Agent agent, ServerCallStreamObserver<AttachStreamResponse> stream) {
    AtomicReference<StreamObserver<AttachStreamRequest>> paired = new AtomicReference<>();
    AgentSide side = new AgentSide(stream);
    var deadline =
        timer.schedule(
            () -> {
              if (paired.get() == null) {
                side.refuse(RefusalCode.FAILED_PRECONDITION, "no stream_id came in time");
              }
            },
            PAIRING_SECONDS,
            TimeUnit.SECONDS);
    return new StreamObserver<>() {
      @Override
      public void onNext(AttachStreamRequest message) {
        StreamObserver<AttachStreamRequest> target = paired.get();
        if (target != null) {
          target.onNext(message);
          return;
        }
        deadline.cancel(false);
        AgentStream found = claim(agent, message, side);
        if (found != null) {
          paired.set(found);
          found.attach(side);
        }
      }

      @Override
      public void onError(Throwable cause) {
        deadline.cancel(false);
        StreamObserver<AttachStreamRequest> target = paired.get();
        if (target != null) {
          target.onError(cause);
        }
      }

      @Override
      public void onCompleted() {
        deadline.cancel(false);
        StreamObserver<AttachStreamRequest> target = paired.get();
        if (target != null) {
          target.onCompleted();
        } else {
          side.complete();
        }
      }
    };
  }

  private @org.jspecify.annotations.Nullable AgentStream claim(
      Caller.Agent agent, AttachStreamRequest first, AgentSide side) {
    if (first.getMessageCase() != AttachStreamRequest.MessageCase.STREAM_ID) {
      side.refuse(
          RefusalCode.FAILED_PRECONDITION,
          "message: " + first.getMessageCase() + " came first (expected: stream_id)");
      return null;
    }
    Waiting asked = waiting.get(first.getStreamId());
    if (asked == null) {
      side.refuse(
          RefusalCode.FAILED_PRECONDITION,
          "stream_id: nobody waits for this stream: it was served, given up or never asked for");
      return null;
    }
    if (!asked.node().equals(agent.node())) {
      // The stream goes on waiting for the agent that was asked.
      side.refuse(RefusalCode.PERMISSION_DENIED, "stream_id: asked of another node");
      return null;
    }
    return waiting.remove(first.getStreamId(), asked) ? asked.stream() : null;
  }
}
