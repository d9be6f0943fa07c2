package dev.berth.controller.rpc;

import dev.berth.controller.loop.ControllerLoop;
import dev.berth.v1.AttachConsoleRequest;
import dev.berth.v1.AttachConsoleResponse;
import dev.berth.v1.ExecServiceGrpc;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/// Terminals of people in what runs.
final class ExecRpc extends ExecServiceGrpc.ExecServiceImplBase {
  private final ControllerLoop loop;
  private final StreamBroker broker;

  ExecRpc(ControllerLoop loop, StreamBroker broker) {
    this.loop = loop;
    this.broker = broker;
  }

  @Override
  public StreamObserver<AttachConsoleRequest> attachConsole(
      StreamObserver<AttachConsoleResponse> caller) {
    return new ConsoleCall(loop, broker, (ServerCallStreamObserver<AttachConsoleResponse>) caller);
  }
}
