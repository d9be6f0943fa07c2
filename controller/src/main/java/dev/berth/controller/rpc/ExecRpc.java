package dev.berth.controller.rpc;

import dev.berth.controller.loop.ControllerLoop;
import dev.berth.v1.AttachConsoleRequest;
import dev.berth.v1.AttachConsoleResponse;
import dev.berth.v1.AttachRequest;
import dev.berth.v1.AttachResponse;
import dev.berth.v1.ExecRequest;
import dev.berth.v1.ExecResponse;
import dev.berth.v1.ExecServiceGrpc;
import dev.berth.v1.ForwardPortRequest;
import dev.berth.v1.ForwardPortResponse;
import io.grpc.stub.StreamObserver;

/// Terminals of people in what runs, and connections to its ports.
final class ExecRpc extends ExecServiceGrpc.ExecServiceImplBase {
  private final ControllerLoop loop;
  private final StreamBroker broker;

  ExecRpc(ControllerLoop loop, StreamBroker broker) {
    this.loop = loop;
    this.broker = broker;
  }

  @Override
  public StreamObserver<ExecRequest> exec(StreamObserver<ExecResponse> caller) {
    return new DialogueCall<>(broker, new ExecDialogue(loop), caller);
  }

  @Override
  public StreamObserver<AttachRequest> attach(StreamObserver<AttachResponse> caller) {
    return new DialogueCall<>(broker, new AttachDialogue(loop), caller);
  }

  @Override
  public StreamObserver<AttachConsoleRequest> attachConsole(
      StreamObserver<AttachConsoleResponse> caller) {
    return new DialogueCall<>(broker, new ConsoleDialogue(loop), caller);
  }

  @Override
  public StreamObserver<ForwardPortRequest> forwardPort(
      StreamObserver<ForwardPortResponse> caller) {
    return new DialogueCall<>(broker, new ForwardDialogue(loop), caller);
  }
}
