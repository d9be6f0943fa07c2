package dev.berth.cli.image;

import dev.berth.cli.cluster.Cluster;
import dev.berth.v1.SaveImagesRequest;
import dev.berth.v1.SaveImagesResponse;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.List;

/// Images of one node on their way to here, a piece at a time.
final class SavedArchive {
  private SavedArchive() {}

  /// Writes all of it.
  ///
  /// @return how many bytes there were
  /// @throws IOException when it cannot be written
  static long write(Cluster cluster, String node, List<String> images, OutputStream out)
      throws IOException {
    Iterator<SaveImagesResponse> pieces =
        cluster
            .imageStreams()
            .saveImages(SaveImagesRequest.newBuilder().setNode(node).addAllImages(images).build());
    long bytes = 0;
    try {
      while (pieces.hasNext()) {
        SaveImagesResponse piece = pieces.next();
        piece.getData().writeTo(out);
        bytes += piece.getData().size();
      }
    } catch (StatusRuntimeException e) {
      throw NodeWords.of(node, e);
    }
    return bytes;
  }
}
