package dev.berth.cli.forward;

import com.google.protobuf.ByteString;
import dev.berth.cli.cluster.TwoWayCall;
import dev.berth.v1.ExecServiceGrpc.ExecServiceStub;
import dev.berth.v1.ForwardPortRequest;
import dev.berth.v1.ForwardPortResponse;
import dev.berth.v1.OpenForward;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/// One connection to a port of this host, carried to an instance's.
final class ForwardedConnection {
  private static final int PIECE_BYTES = 32 << 10;

  private final SocketChannel local;
  private final ExecServiceStub exec;
  private final OpenForward target;

  /// @param local is closed at the end
  ForwardedConnection(SocketChannel local, ExecServiceStub exec, OpenForward target) {
    this.local = local;
    this.exec = exec;
    this.target = target;
  }

  /// Copies both ways until both have ended, or one breaks.
  ///
  /// @throws StatusRuntimeException when the port cannot be reached, or the stream breaks
  void carry() throws IOException, InterruptedException {
    try (local;
        TwoWayCall<ForwardPortRequest, ForwardPortResponse> call = new TwoWayCall<>()) {
      var _ = exec.forwardPort(call);
      boolean _ = call.send(ForwardPortRequest.newBuilder().setOpen(target).build());
      if (call.receive().isEmpty()) {
        throw Status.UNAVAILABLE
            .withDescription("the stream ended before the connection was there")
            .asRuntimeException();
      }
      Thread input = Thread.ofVirtual().name("forward-input").start(() -> copyInput(call));
      copyOutput(call);
      // The port has ended its half; what comes from here has nobody to read it.
      local.shutdownOutput();
      local.shutdownInput();
      input.join();
    }
  }

  private void copyOutput(TwoWayCall<ForwardPortRequest, ForwardPortResponse> call)
      throws IOException, InterruptedException {
    for (Optional<ForwardPortResponse> next = call.receive();
        next.isPresent();
        next = call.receive()) {
      ByteBuffer piece = next.get().getData().asReadOnlyByteBuffer();
      while (piece.hasRemaining()) {
        local.write(piece);
      }
    }
  }

  private void copyInput(TwoWayCall<ForwardPortRequest, ForwardPortResponse> call) {
    try {
      ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
      boolean taken = true;
      while (taken && local.read(piece) >= 0) {
        ByteString data = ByteString.copyFrom(piece.flip());
        taken = call.sendWhenTaken(ForwardPortRequest.newBuilder().setData(data).build());
        piece.clear();
      }
      call.endInput();
    } catch (IOException _) {
      call.cancel("the connection broke");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
