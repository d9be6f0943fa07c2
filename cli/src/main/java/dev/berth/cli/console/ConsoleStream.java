package dev.berth.cli.console;

import com.google.protobuf.ByteString;
import dev.berth.cli.cluster.TwoWayCall;
import dev.berth.v1.AttachConsoleRequest;
import dev.berth.v1.AttachConsoleResponse;
import dev.berth.v1.ExecServiceGrpc.ExecServiceStub;
import dev.berth.v1.OpenConsole;
import dev.berth.v1.TerminalSize;
import java.util.Optional;

/// The call that carries a machine's serial console, which knows no size.
final class ConsoleStream
    implements RemoteStream.Messages<AttachConsoleRequest, AttachConsoleResponse> {
  private ConsoleStream() {}

  static RemoteStream<AttachConsoleRequest, AttachConsoleResponse> open(
      ExecServiceStub exec, OpenConsole console) {
    TwoWayCall<AttachConsoleRequest, AttachConsoleResponse> call = new TwoWayCall<>();
    var _ = exec.attachConsole(call);
    boolean _ = call.send(AttachConsoleRequest.newBuilder().setOpen(console).build());
    return new RemoteStream<>(call, new ConsoleStream());
  }

  @Override
  public AttachConsoleRequest input(ByteString typed) {
    return AttachConsoleRequest.newBuilder().setInput(typed).build();
  }

  @Override
  public Optional<AttachConsoleRequest> size(TerminalSize size) {
    return Optional.empty();
  }

  @Override
  public Remote.Output output(AttachConsoleResponse message) {
    return new Remote.Output(message.getOutput(), false);
  }
}
