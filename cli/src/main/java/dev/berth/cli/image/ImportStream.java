package dev.berth.cli.image;

import com.google.protobuf.ByteString;
import dev.berth.cli.cluster.TwoWayCall;
import dev.berth.v1.ImageImportOrder;
import dev.berth.v1.ImageServiceGrpc.ImageServiceStub;
import dev.berth.v1.ImportImageRequest;
import dev.berth.v1.ImportImageResponse;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// The call that carries an image to nodes, and what they say of it.
final class ImportStream implements AutoCloseable {
  private final TwoWayCall<ImportImageRequest, ImportImageResponse> call = new TwoWayCall<>();

  private ImportStream() {}

  static ImportStream open(ImageServiceStub images, ImageImportOrder order) {
    ImportStream stream = new ImportStream();
    var _ = images.importImage(stream.call);
    boolean _ = stream.call.send(ImportImageRequest.newBuilder().setOrder(order).build());
    return stream;
  }

  /// Sends all of it, as fast as it is taken, and says that this was all. Returns early when the
  /// call has ended.
  ///
  /// @param pieceBytes of a message, at most
  void sendAll(InputStream content, int pieceBytes) throws IOException, InterruptedException {
    byte[] buffer = new byte[pieceBytes];
    int read = content.readNBytes(buffer, 0, pieceBytes);
    while (read > 0
        && call.sendWhenTaken(
            ImportImageRequest.newBuilder()
                .setContent(ByteString.copyFrom(buffer, 0, read))
                .build())) {
      read = content.readNBytes(buffer, 0, pieceBytes);
    }
    endInput();
  }

  /// Says that nothing more is sent.
  void endInput() {
    call.endInput();
  }

  /// Breaks the call off: the nodes drop what they have of it.
  void cancel(String why) {
    call.cancel(why);
  }

  /// What a node says next; waits for it. Empty: all have answered.
  ///
  /// @throws StatusRuntimeException when the call failed
  Optional<ImportImageResponse> next() throws InterruptedException {
    return call.receive();
  }

  @Override
  public void close() {
    call.close();
  }
}
