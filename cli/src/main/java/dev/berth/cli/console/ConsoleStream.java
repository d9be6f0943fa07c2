package dev.berth.cli.console;

import com.google.protobuf.ByteString;
import dev.berth.cli.cluster.TwoWayCall;
import dev.berth.v1.AttachConsoleRequest;
import dev.berth.v1.AttachConsoleResponse;
import dev.berth.v1.ExecServiceGrpc.ExecServiceStub;
import dev.berth.v1.OpenConsole;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;

/// The call that carries a console.
final class ConsoleStream implements AutoCloseable {
  private final TwoWayCall<AttachConsoleRequest, AttachConsoleResponse> call = new TwoWayCall<>();

  private ConsoleStream() {}

  static ConsoleStream open(ExecServiceStub exec, OpenConsole console) {
    ConsoleStream stream = new ConsoleStream();
    var _ = exec.attachConsole(stream.call);
    boolean _ = stream.call.send(AttachConsoleRequest.newBuilder().setOpen(console).build());
    return stream;
  }

  /// Waits until the machine hears and is heard.
  ///
  /// @return the name of its slot
  /// @throws StatusRuntimeException when it cannot be reached
  String awaitOpened() throws InterruptedException {
    return call.receive()
        .orElseThrow(
            () ->
                Status.UNAVAILABLE
                    .withDescription("the console ended before it was open")
                    .asRuntimeException())
        .getOpened()
        .getName();
  }

  /// The next output; waits for it. Empty: the machine has ended, or this end has left.
  ///
  /// @throws StatusRuntimeException when the console broke off
  Optional<ByteString> output() throws InterruptedException {
    return call.receive().map(AttachConsoleResponse::getOutput);
  }

  /// Waits for output or the end.
  ///
  /// @return false when there was neither
  boolean awaitOutput(Duration limit) throws InterruptedException {
    return call.await(limit);
  }

  /// Sends what was typed, as soon as the other end takes it.
  ///
  /// @param typed at most 32 KiB
  /// @return false when the console has ended
  boolean input(ByteString typed) throws InterruptedException {
    return call.sendWhenTaken(AttachConsoleRequest.newBuilder().setInput(typed).build());
  }

  /// Says that nothing more is typed; output goes on.
  void endInput() {
    call.endInput();
  }

  /// Leaves; the machine does not notice. What was not received yet is dropped.
  @Override
  public void close() {
    call.close();
  }
}
