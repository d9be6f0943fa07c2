package dev.berth.cli.console;

import com.google.protobuf.ByteString;
import dev.berth.cli.cluster.TwoWayCall;
import dev.berth.v1.ExecRequest;
import dev.berth.v1.ExecResponse;
import dev.berth.v1.ExecServiceGrpc.ExecServiceStub;
import dev.berth.v1.LeaveRunning;
import dev.berth.v1.OpenExec;
import dev.berth.v1.TerminalSize;
import java.util.Optional;
import java.util.OptionalInt;

/// The call that carries a command.
final class ExecStream implements RemoteStream.Messages<ExecRequest, ExecResponse> {
  private ExecStream() {}

  static RemoteStream<ExecRequest, ExecResponse> open(ExecServiceStub exec, OpenExec command) {
    TwoWayCall<ExecRequest, ExecResponse> call = new TwoWayCall<>();
    var _ = exec.exec(call);
    boolean _ = call.send(ExecRequest.newBuilder().setOpen(command).build());
    return new RemoteStream<>(call, new ExecStream());
  }

  @Override
  public ExecRequest input(ByteString typed) {
    return ExecRequest.newBuilder().setInput(typed).build();
  }

  @Override
  public Optional<ExecRequest> size(TerminalSize size) {
    return Optional.of(ExecRequest.newBuilder().setSize(size).build());
  }

  /// A command that nobody waits for is ended otherwise.
  @Override
  public Optional<ExecRequest> leave() {
    return Optional.of(
        ExecRequest.newBuilder().setLeave(LeaveRunning.getDefaultInstance()).build());
  }

  @Override
  public OptionalInt ended(ExecResponse message) {
    return message.hasEnded()
        ? OptionalInt.of(message.getEnded().getExitCode())
        : OptionalInt.empty();
  }

  @Override
  public Remote.Output output(ExecResponse message) {
    return message.hasErrorOutput()
        ? new Remote.Output(message.getErrorOutput(), true)
        : new Remote.Output(message.getOutput(), false);
  }
}
