package dev.berth.controller.rpc;

import com.google.protobuf.ByteString;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.controller.security.Caller;
import dev.berth.v1.AgentServiceGrpc;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.OpenSessionRequest;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.RenewCertificateRequest;
import dev.berth.v1.RenewCertificateResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// What agents call.
final class AgentRpc extends AgentServiceGrpc.AgentServiceImplBase {
  private final ControllerLoop loop;
  private final AgentSessions sessions;
  private final StreamBroker broker;
  private final NodeCertificates certificates;
  private final UnsealedLogins logins;
  private final ScheduledExecutorService timer;

  AgentRpc(
      ControllerLoop loop,
      AgentSessions sessions,
      StreamBroker broker,
      NodeCertificates certificates,
      UnsealedLogins logins,
      ScheduledExecutorService timer) {
    this.loop = loop;
    this.sessions = sessions;
    this.broker = broker;
    this.certificates = certificates;
    this.logins = logins;
    this.timer = timer;
  }

  @Override
  public StreamObserver<OpenSessionRequest> openSession(
      StreamObserver<OpenSessionResponse> caller) {
    AgentSession session =
        new AgentSession(
            Access.agent(),
            sessions,
            loop::offer,
            logins,
            (ServerCallStreamObserver<OpenSessionResponse>) caller);
    session.helloDeadline(
        timer.schedule(session::expectHelloByNow, AgentSession.HELLO_SECONDS, TimeUnit.SECONDS));
    return session;
  }

  @Override
  public StreamObserver<AttachStreamRequest> attachStream(
      StreamObserver<AttachStreamResponse> caller) {
    return broker.attach(Access.agent(), (ServerCallStreamObserver<AttachStreamResponse>) caller);
  }

  @Override
  public void renewCertificate(
      RenewCertificateRequest request, StreamObserver<RenewCertificateResponse> caller) {
    Caller.Agent agent = Access.agent();
    NodeCertificates.Pair issued =
        certificates.issue(
            certificates.checked(request.getCsr(), agent.node()), agent.node(), agent.uid());
    Answers.sendNow(
        RenewCertificateResponse.newBuilder()
            .setCertificate(ByteString.copyFrom(issued.certificate()))
            .setCaCertificate(ByteString.copyFrom(issued.authority()))
            .build(),
        caller);
  }
}
