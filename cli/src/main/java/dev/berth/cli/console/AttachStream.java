package dev.berth.cli.console;

import com.google.protobuf.ByteString;
import dev.berth.cli.cluster.TwoWayCall;
import dev.berth.v1.AttachRequest;
import dev.berth.v1.AttachResponse;
import dev.berth.v1.ExecServiceGrpc.ExecServiceStub;
import dev.berth.v1.OpenAttach;
import dev.berth.v1.TerminalSize;
import java.util.Optional;

/// The call that carries the streams of what an instance runs.
final class AttachStream implements RemoteStream.Messages<AttachRequest, AttachResponse> {
  private AttachStream() {}

  static RemoteStream<AttachRequest, AttachResponse> open(ExecServiceStub exec, OpenAttach wanted) {
    TwoWayCall<AttachRequest, AttachResponse> call = new TwoWayCall<>();
    var _ = exec.attach(call);
    boolean _ = call.send(AttachRequest.newBuilder().setOpen(wanted).build());
    return new RemoteStream<>(call, new AttachStream());
  }

  @Override
  public AttachRequest input(ByteString typed) {
    return AttachRequest.newBuilder().setInput(typed).build();
  }

  @Override
  public Optional<AttachRequest> size(TerminalSize size) {
    return Optional.of(AttachRequest.newBuilder().setSize(size).build());
  }

  @Override
  public Remote.Output output(AttachResponse message) {
    return message.hasErrorOutput()
        ? new Remote.Output(message.getErrorOutput(), true)
        : new Remote.Output(message.getOutput(), false);
  }
}
