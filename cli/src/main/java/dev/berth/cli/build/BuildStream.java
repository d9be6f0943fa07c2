package dev.berth.cli.build;

import com.google.protobuf.ByteString;
import dev.berth.cli.cluster.TwoWayCall;
import dev.berth.v1.BuildImageRequest;
import dev.berth.v1.BuildImageResponse;
import dev.berth.v1.BuildOrder;
import dev.berth.v1.ImageServiceGrpc.ImageServiceStub;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;

/// The call that carries a context to a builder, and what it says.
final class BuildStream implements AutoCloseable {
  private static final int PIECE_BYTES = 32 << 10;

  private final TwoWayCall<BuildImageRequest, BuildImageResponse> call = new TwoWayCall<>();
  private final AtomicReference<Optional<IOException>> unreadable =
      new AtomicReference<>(Optional.empty());

  private BuildStream() {}

  /// Begins; the context is sent by a thread of its own, as fast as it is taken.
  ///
  /// @param sent told how many bytes the context had, when all of it is sent
  static BuildStream open(
      ImageServiceStub images, BuildOrder order, BuildContext context, LongConsumer sent) {
    BuildStream stream = new BuildStream();
    var _ = images.buildImage(stream.call);
    boolean _ = stream.call.send(BuildImageRequest.newBuilder().setOrder(order).build());
    Thread.ofPlatform().daemon().name("context").start(() -> stream.send(context, sent));
    return stream;
  }

  private void send(BuildContext context, LongConsumer sent) {
    try (Pieces out = new Pieces()) {
      context.content().write(out);
      out.flush();
      sent.accept(out.total);
      call.endInput();
    } catch (EndedException _) {
      // Whoever receives hears why.
    } catch (IOException e) {
      // Said first: whoever receives asks for it when the call breaks off.
      unreadable.set(Optional.of(e));
      call.cancel("the context cannot be read");
    }
  }

  /// What is said next; waits for it. Empty: nothing more.
  ///
  /// @throws IOException when the context cannot be read
  /// @throws StatusRuntimeException when the build failed
  Optional<BuildImageResponse> next() throws IOException, InterruptedException {
    try {
      return call.receive();
    } catch (StatusRuntimeException e) {
      IOException cause = unreadable.get().orElse(null);
      if (cause == null) {
        throw e;
      }
      throw new IOException("the context cannot be read: " + cause.getMessage(), cause);
    }
  }

  @Override
  public void close() {
    call.close();
  }

  /// The call has ended before all was sent.
  private static final class EndedException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /// Gathers what is written into messages.
  private final class Pieces extends OutputStream {
    private final byte[] buffer = new byte[PIECE_BYTES];
    private int filled;
    private long total;

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int done = 0;
      while (done < length) {
        int count = Math.min(length - done, buffer.length - filled);
        System.arraycopy(bytes, offset + done, buffer, filled, count);
        filled += count;
        done += count;
        if (filled == buffer.length) {
          flush();
        }
      }
    }

    @Override
    public void flush() throws IOException {
      if (filled == 0) {
        return;
      }
      BuildImageRequest piece =
          BuildImageRequest.newBuilder().setContext(ByteString.copyFrom(buffer, 0, filled)).build();
      total += filled;
      filled = 0;
      try {
        if (!call.sendWhenTaken(piece)) {
          throw new EndedException();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }
}
