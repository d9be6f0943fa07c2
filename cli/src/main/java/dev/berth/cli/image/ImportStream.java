package dev.berth.cli.image;

import com.google.protobuf.ByteString;
import dev.berth.v1.ImageImportOrder;
import dev.berth.v1.ImageServiceGrpc.ImageServiceStub;
import dev.berth.v1.ImportImageRequest;
import dev.berth.v1.ImportImageResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The call that carries an image. One thread sends the content, as fast as it is taken; another
/// one receives what the nodes say.
final class ImportStream
    implements ClientResponseObserver<ImportImageRequest, ImportImageResponse>, AutoCloseable {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable ClientCallStreamObserver<ImportImageRequest> call;
  private @Nullable ImportImageResponse pending;
  private @Nullable Status end;

  private ImportStream() {}

  static ImportStream open(ImageServiceStub images, ImageImportOrder order) {
    ImportStream stream = new ImportStream();
    var _ = images.importImage(stream);
    boolean _ = stream.send(ImportImageRequest.newBuilder().setOrder(order).build());
    return stream;
  }

  /// Sends all of it, and says that this was all. Returns early when the call has ended.
  ///
  /// @param pieceBytes of a message, at most
  void sendAll(InputStream content, int pieceBytes) throws IOException, InterruptedException {
    byte[] buffer = new byte[pieceBytes];
    int read = content.readNBytes(buffer, 0, pieceBytes);
    while (read > 0 && awaitReady()) {
      boolean _ =
          send(
              ImportImageRequest.newBuilder()
                  .setContent(ByteString.copyFrom(buffer, 0, read))
                  .build());
      read = content.readNBytes(buffer, 0, pieceBytes);
    }
    endInput();
  }

  /// Says that nothing more is sent.
  void endInput() {
    lock.lock();
    try {
      if (end == null && call != null) {
        call.onCompleted();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Ends the call: the nodes drop what they have of it.
  void cancel(String why) {
    ClientCallStreamObserver<ImportImageRequest> leaving;
    lock.lock();
    try {
      leaving = end == null ? call : null;
    } finally {
      lock.unlock();
    }
    if (leaving != null) {
      leaving.cancel(why, null);
    }
  }

  /// What a node says next; waits for it. Empty: all have answered.
  ///
  /// @throws StatusRuntimeException when the call failed
  Optional<ImportImageResponse> next() throws InterruptedException {
    lock.lock();
    try {
      while (pending == null && end == null) {
        changed.await();
      }
      ImportImageResponse next = pending;
      Status status = end;
      if (next != null) {
        pending = null;
        if (call != null) {
          call.request(1);
        }
        return Optional.of(next);
      }
      if (status != null && !status.isOk()) {
        throw status.asRuntimeException();
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    cancel("the user left");
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<ImportImageRequest> stream) {
    lock.lock();
    try {
      call = stream;
    } finally {
      lock.unlock();
    }
    stream.disableAutoRequestWithInitial(1);
    stream.setOnReadyHandler(this::signal);
  }

  @Override
  public void onNext(ImportImageResponse message) {
    lock.lock();
    try {
      pending = message;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onError(Throwable cause) {
    ended(Status.fromThrowable(cause));
  }

  @Override
  public void onCompleted() {
    ended(Status.OK);
  }

  private void ended(Status status) {
    lock.lock();
    try {
      end = status;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean awaitReady() throws InterruptedException {
    lock.lock();
    try {
      while (end == null && !(call != null && call.isReady())) {
        changed.await();
      }
      return end == null;
    } finally {
      lock.unlock();
    }
  }

  private boolean send(ImportImageRequest message) {
    lock.lock();
    try {
      if (end != null || call == null) {
        return false;
      }
      call.onNext(message);
      return true;
    } finally {
      lock.unlock();
    }
  }
}
