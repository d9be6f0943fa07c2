package dev.berth.agent.session;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.ForwardCapable;
import dev.berth.agent.driver.ProgramStream;
import dev.berth.agent.port.Threads;
import dev.berth.v1.ForwardStreamRequest;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/// Copies between a port of an instance and one stream, both ways, until both have ended.
final class ForwardPump {
  private static final int CONNECT_MILLIS = 5_000;

  private final CapabilityAccess instances;
  private final ForwardStreamRequest request;
  private final AttachedStream stream;
  private final Threads threads;

  /// @param threads one of them carries what goes to the port
  ForwardPump(
      CapabilityAccess instances,
      ForwardStreamRequest request,
      AttachedStream stream,
      Threads threads) {
    this.instances = instances;
    this.request = request;
    this.stream = stream;
    this.threads = threads;
  }

  /// Returns when the port has ended its half and all was sent, or the other end has gone away.
  void run() throws InterruptedException {
    try {
      CapabilityAccess.Subject<ForwardCapable> subject =
          instances.subject(
              request.getInstanceId(), ForwardCapable.class, "cannot connect to its ports");
      connect(subject.driver().address(subject.handle(), request.getPort()));
    } catch (LogAccess.UnknownInstanceException e) {
      stream.fail(Status.Code.NOT_FOUND, String.valueOf(e.getMessage()));
    } catch (DriverException e) {
      stream.fail(e);
    }
  }

  private void connect(InetSocketAddress address) throws InterruptedException {
    try (SocketChannel channel = SocketChannel.open()) {
      Socket socket = channel.socket();
      socket.setTcpNoDelay(true);
      socket.connect(address, CONNECT_MILLIS);
      stream.onEnd(() -> close(channel));
      if (stream.opened(false, true)) {
        threads.start(() -> copyInput(channel), "forward-input");
        copyOutput(channel);
      }
    } catch (IOException e) {
      stream.fail(
          Status.Code.UNAVAILABLE,
          "port %d cannot be reached from its node (%s): does the program listen there?"
              .formatted(request.getPort(), e.getMessage()));
    }
  }

  private void copyOutput(SocketChannel channel) throws IOException, InterruptedException {
    while (true) {
      ByteBuffer piece = ByteBuffer.allocate(ProgramStream.PIECE_MAX);
      if (channel.read(piece) < 0) {
        stream.complete();
        return;
      }
      if (!stream.write(UnsafeByteOperations.unsafeWrap(piece.flip()))) {
        return;
      }
    }
  }

  private void copyInput(SocketChannel channel) {
    try {
      for (Optional<ByteString> next = stream.input(); next.isPresent(); next = stream.input()) {
        ByteBuffer piece = next.get().asReadOnlyByteBuffer();
        while (piece.hasRemaining()) {
          channel.write(piece);
        }
      }
      if (stream.hasInputEnded()) {
        channel.shutdownOutput();
      }
    } catch (IOException _) {
      // Whoever reads finds out what is wrong with it.
      close(channel);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException _) {
      return; // it is of no more use either way
    }
  }
}
