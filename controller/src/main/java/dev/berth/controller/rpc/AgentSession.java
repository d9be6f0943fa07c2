package dev.berth.controller.rpc;

import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.Refusal;
import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.security.Caller;
import dev.berth.spec.Printable;
import dev.berth.v1.Hello;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.NodeNotice;
import dev.berth.v1.OpenSessionRequest;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.StatusReport;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One agent's stream. Hello comes first and speaks for the certificate's node; whatever breaks the
/// rules ends the session and nothing else. Messages arrive one after another.
final class AgentSession implements StreamObserver<OpenSessionRequest> {
  /// Time for the hello.
  static final long HELLO_SECONDS = 10;

  private static final Logger LOG = LoggerFactory.getLogger(AgentSession.class);
  private static final int OUTBOX_MAX = 10_000;

  private final long id;
  private final Caller.Agent agent;
  private final AgentSessions sessions;
  private final Predicate<ClusterEvent.FromSession> loop;
  private final UnsealedLogins logins;
  private final Outbox<OpenSessionResponse> outbox;
  private final NoticeBudget notices = new NoticeBudget();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile boolean opened;
  private volatile String reason = "the agent went away";
  private volatile @Nullable Future<?> helloDeadline;

  /// @param agent whose certificate it is
  /// @param loop takes events; answers false when it cannot
  /// @param logins opens what agents may see
  AgentSession(
      Caller.Agent agent,
      AgentSessions sessions,
      Predicate<ClusterEvent.FromSession> loop,
      UnsealedLogins logins,
      ServerCallStreamObserver<OpenSessionResponse> stream) {
    this.id = sessions.newId();
    this.agent = agent;
    this.sessions = sessions;
    this.loop = loop;
    this.logins = logins;
    this.outbox = new Outbox<>(stream, OUTBOX_MAX, this::end);
  }

  long id() {
    return id;
  }

  /// Sets what is cancelled when the hello has come.
  void helloDeadline(Future<?> deadline) {
    helloDeadline = deadline;
  }

  /// Ends the session when no hello has come.
  void expectHelloByNow() {
    if (!opened) {
      fail(
          new Refusal(
              RefusalCode.FAILED_PRECONDITION,
              "no hello within " + HELLO_SECONDS + " s (expected: hello first)"));
    }
  }

  boolean send(OpenSessionResponse message) {
    boolean taken = outbox.offer(logins.opened(message));
    if (!taken && !ended.get()) {
      fail(
          new Refusal(
              RefusalCode.RESOURCE_EXHAUSTED, "the agent reads too slowly: open a new session"));
    }
    return taken;
  }

  /// Ends the session and notes why.
  void fail(Refusal refusal) {
    if (!ended.get()) {
      LOG.info(
          "Session {} of node {} ends: {} {}", id, agent.node(), refusal.code(), refusal.message());
    }
    end(refusal.message(), StatusMapper.exception(refusal));
  }

  /// Ends the session like all others of this controller.
  void leave(String why) {
    Metadata trailers = new Metadata();
    trailers.put(BerthHeaders.ALL_LEAVE, "true");
    end(why, Status.UNAVAILABLE.withDescription(why).asRuntimeException(trailers));
  }

  private void end(String why, StatusRuntimeException status) {
    reason = why;
    outbox.fail(status);
    end();
  }

  @Override
  public void onNext(OpenSessionRequest message) {
    if (ended.get()) {
      return;
    }
    switch (message.getMessageCase()) {
      case HELLO -> hello(message.getHello());
      case HEARTBEAT ->
          hand(
              new ClusterEvent.HeartbeatReceived(
                  id, agent.node(), message.getHeartbeat().getSequence()));
      case STATUS_REPORT -> report(message.getStatusReport());
      case DESCRIPTION -> describe(message.getDescription());
      case NOTICE -> notice(message.getNotice());
      case MESSAGE_NOT_SET ->
          fail(
              new Refusal(
                  RefusalCode.FAILED_PRECONDITION,
                  "message: not set or not known to this controller (expected: one of"
                      + " OpenSessionRequest.message)"));
    }
  }

  @Override
  public void onError(Throwable cause) {
    end();
  }

  @Override
  public void onCompleted() {
    reason = "the agent closed its session";
    outbox.complete();
    end();
  }

  private void hello(Hello hello) {
    if (opened) {
      fail(new Refusal(RefusalCode.FAILED_PRECONDITION, "hello: sent twice (expected: once)"));
      return;
    }
    if (!hello.getNode().equals(agent.node()) || !hello.getNodeUid().equals(agent.uid())) {
      fail(
          new Refusal(
              RefusalCode.PERMISSION_DENIED,
              "hello.node: value: %s, uid %s (expected: the certificate's, %s)"
                  .formatted(
                      Printable.quote(hello.getNode()),
                      Printable.quote(hello.getNodeUid()),
                      Printable.quote(agent.node()))));
      return;
    }
    String tooMuch = AgentLimits.problem(hello);
    if (tooMuch != null) {
      fail(new Refusal(RefusalCode.FAILED_PRECONDITION, tooMuch));
      return;
    }
    opened = true;
    Future<?> deadline = helloDeadline;
    if (deadline != null) {
      deadline.cancel(false);
    }
    sessions.add(this);
    hand(new ClusterEvent.SessionOpened(id, agent.node(), hello));
  }

  private void report(StatusReport report) {
    String tooMuch = AgentLimits.problem(report);
    if (tooMuch != null) {
      fail(new Refusal(RefusalCode.FAILED_PRECONDITION, tooMuch));
      return;
    }
    hand(new ClusterEvent.StatusReported(id, agent.node(), report));
  }

  private void describe(NodeDescription description) {
    String tooMuch = AgentLimits.problem("description", description);
    if (tooMuch != null) {
      fail(new Refusal(RefusalCode.FAILED_PRECONDITION, tooMuch));
      return;
    }
    hand(new ClusterEvent.DescriptionChanged(id, agent.node(), description));
  }

  private void notice(NodeNotice notice) {
    String wrong = AgentLimits.problem(notice);
    if (wrong != null) {
      fail(new Refusal(RefusalCode.FAILED_PRECONDITION, wrong));
    } else if (notices.tryTake()) {
      hand(new ClusterEvent.NoticeReceived(id, agent.node(), notice));
    }
  }

  private void hand(ClusterEvent.FromSession event) {
    if (!opened) {
      fail(
          new Refusal(
              RefusalCode.FAILED_PRECONDITION, event.name() + " came first (expected: hello)"));
    } else if (!loop.test(event)) {
      fail(
          new Refusal(
              RefusalCode.UNAVAILABLE,
              "this controller does not lead, or has too much to do: dial again later"));
    }
  }

  private void end() {
    if (ended.compareAndSet(false, true)) {
      Future<?> deadline = helloDeadline;
      if (deadline != null) {
        deadline.cancel(false);
      }
      sessions.remove(this);
      if (opened && !loop.test(new ClusterEvent.SessionClosed(id, agent.node(), reason))) {
        // The node counts as lost once its heartbeats have been missing long enough.
        LOG.debug("Session {} of node {} ended, and the loop could not be told", id, agent.node());
      }
    }
  }
}
