package dev.berth.cli.console;

import com.google.protobuf.ByteString;
import dev.berth.cli.cluster.TwoWayCall;
import dev.berth.v1.ExecRequest;
import dev.berth.v1.ExecResponse;
import dev.berth.v1.ExecServiceGrpc.ExecServiceStub;
import dev.berth.v1.LeaveRunning;
import dev.berth.v1.OpenExec;
import dev.berth.v1.TerminalSize;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import java.util.OptionalInt;

/// The call that carries a command.
final class ExecStream implements Remote {
  private final TwoWayCall<ExecRequest, ExecResponse> call = new TwoWayCall<>();
  private volatile OptionalInt exitCode = OptionalInt.empty();

  private ExecStream() {}

  static ExecStream open(ExecServiceStub exec, OpenExec command) {
    ExecStream stream = new ExecStream();
    var _ = exec.exec(stream.call);
    boolean _ = stream.call.send(ExecRequest.newBuilder().setOpen(command).build());
    return stream;
  }

  /// Waits until the command runs.
  ///
  /// @return the name of its slot
  /// @throws StatusRuntimeException when it cannot
  String awaitOpened() throws InterruptedException {
    return call.receive()
        .orElseThrow(
            () ->
                Status.UNAVAILABLE
                    .withDescription("the stream ended before the command ran")
                    .asRuntimeException())
        .getOpened()
        .getName();
  }

  /// How the command ended, once its output has; empty: nobody said it.
  OptionalInt exitCode() {
    return exitCode;
  }

  @Override
  public Optional<Output> output() throws InterruptedException {
    Optional<ExecResponse> next = call.receive();
    if (next.isPresent() && next.get().hasEnded()) {
      exitCode = OptionalInt.of(next.get().getEnded().getExitCode());
      return Optional.empty();
    }
    return next.map(
        message ->
            message.hasErrorOutput()
                ? new Output(message.getErrorOutput(), true)
                : new Output(message.getOutput(), false));
  }

  @Override
  public boolean input(ByteString typed) throws InterruptedException {
    return call.sendWhenTaken(ExecRequest.newBuilder().setInput(typed).build());
  }

  @Override
  public void endInput() {
    call.endInput();
  }

  @Override
  public void resize(TerminalSize size) {
    boolean _ = call.send(ExecRequest.newBuilder().setSize(size).build());
  }

  @Override
  public void leave() {
    boolean _ =
        call.send(ExecRequest.newBuilder().setLeave(LeaveRunning.getDefaultInstance()).build());
    call.endInput();
  }

  @Override
  public void close() {
    call.close();
  }
}
