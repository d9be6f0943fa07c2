package dev.berth.cli.console;

import com.google.protobuf.ByteString;
import dev.berth.cli.cluster.TwoWayCall;
import dev.berth.v1.AttachOpened;
import dev.berth.v1.AttachRequest;
import dev.berth.v1.AttachResponse;
import dev.berth.v1.ExecServiceGrpc.ExecServiceStub;
import dev.berth.v1.OpenAttach;
import dev.berth.v1.TerminalSize;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Optional;

/// The call that carries the streams of what an instance runs.
final class AttachStream implements Remote {
  private final TwoWayCall<AttachRequest, AttachResponse> call = new TwoWayCall<>();

  private AttachStream() {}

  static AttachStream open(ExecServiceStub exec, OpenAttach wanted) {
    AttachStream stream = new AttachStream();
    var _ = exec.attach(stream.call);
    boolean _ = stream.call.send(AttachRequest.newBuilder().setOpen(wanted).build());
    return stream;
  }

  /// Waits until the program hears and is heard.
  ///
  /// @throws StatusRuntimeException when it cannot be reached
  AttachOpened awaitOpened() throws InterruptedException {
    return call.receive()
        .orElseThrow(
            () ->
                Status.UNAVAILABLE
                    .withDescription("the stream ended before it was open")
                    .asRuntimeException())
        .getOpened();
  }

  @Override
  public Optional<Output> output() throws InterruptedException {
    return call.receive()
        .map(
            message ->
                message.hasErrorOutput()
                    ? new Output(message.getErrorOutput(), true)
                    : new Output(message.getOutput(), false));
  }

  @Override
  public boolean input(ByteString typed) throws InterruptedException {
    return call.sendWhenTaken(AttachRequest.newBuilder().setInput(typed).build());
  }

  @Override
  public void endInput() {
    call.endInput();
  }

  @Override
  public void resize(TerminalSize size) {
    boolean _ = call.send(AttachRequest.newBuilder().setSize(size).build());
  }

  /// Whoever goes away leaves it running.
  @Override
  public void leave() {
    call.close();
  }

  @Override
  public void close() {
    call.close();
  }
}
