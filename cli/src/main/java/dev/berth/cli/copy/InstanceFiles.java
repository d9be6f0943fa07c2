package dev.berth.cli.copy;

import com.google.protobuf.ByteString;
import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.PieceOutput;
import dev.berth.cli.cluster.TwoWayCall;
import dev.berth.cli.cluster.Upload;
import dev.berth.v1.CopyFromInstanceRequest;
import dev.berth.v1.CopyFromInstanceResponse;
import dev.berth.v1.CopyToInstanceOrder;
import dev.berth.v1.CopyToInstanceRequest;
import dev.berth.v1.CopyToInstanceResponse;
import dev.berth.v1.PathKind;
import dev.berth.v1.PathStat;
import dev.berth.v1.StatPathRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.Optional;

/// What lies in one instance, over the API.
///
/// @param instance slot or id
record InstanceFiles(Cluster cluster, String instance) {
  private static final int PIECE_BYTES = 32 << 10;
  private static final int LINKS_MAX = 8;

  /// What is at a path; a link is told as such. Empty: nothing.
  Optional<PathStat> stat(String path) {
    try {
      Iterator<PathStat> answer =
          cluster
              .instances()
              .statPath(
                  StatPathRequest.newBuilder()
                      .setNamespace(cluster.namespace())
                      .setInstance(instance)
                      .setPath(path)
                      .build());
      return answer.hasNext() ? Optional.of(answer.next()) : Optional.empty();
    } catch (StatusRuntimeException e) {
      // The same code says that there is no such instance: that has its name in it.
      String said = String.valueOf(e.getStatus().getDescription());
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND && said.startsWith("there is nothing")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /// Where a path leads in the end: another one, if it is a link.
  String followed(String path) {
    String at = path;
    for (int links = 0; links < LINKS_MAX; links++) {
      Optional<PathStat> there = stat(at);
      if (there.isEmpty()
          || there.get().getKind() != PathKind.PATH_KIND_LINK
          || there.get().getLinkTarget().isEmpty()) {
        return at;
      }
      at = there.get().getLinkTarget();
    }
    return at;
  }

  /// The archive of what is at a path. Closing it breaks the call off.
  InputStream read(String path) {
    Iterator<CopyFromInstanceResponse> pieces =
        cluster
            .instanceStreams()
            .copyFromInstance(
                CopyFromInstanceRequest.newBuilder()
                    .setNamespace(cluster.namespace())
                    .setInstance(instance)
                    .setPath(path)
                    .build());
    return new Pieces(pieces);
  }

  /// Unpacks an archive into a directory, which is there.
  void write(String directory, boolean keepOwners, Upload.Content archive)
      throws IOException, InterruptedException {
    try (TwoWayCall<CopyToInstanceRequest, CopyToInstanceResponse> call = new TwoWayCall<>()) {
      var _ = cluster.copies().copyToInstance(call);
      boolean _ =
          call.send(
              CopyToInstanceRequest.newBuilder()
                  .setOpen(
                      CopyToInstanceOrder.newBuilder()
                          .setNamespace(cluster.namespace())
                          .setInstance(instance)
                          .setPath(directory)
                          .setKeepOwners(keepOwners))
                  .build());
      try {
        OutputStream out =
            new PieceOutput<>(
                call,
                PIECE_BYTES,
                piece -> CopyToInstanceRequest.newBuilder().setData(piece).build());
        archive.write(out);
        out.flush();
        call.endInput();
      } catch (PieceOutput.EndedException e) {
        var _ = call.receive();
        throw e;
      }
      if (call.receive().isEmpty()) {
        throw new IOException("the node did not say that all of it is there; look, and repeat it");
      }
    }
  }

  /// The pieces of an answer, as one sequence of bytes.
  private static final class Pieces extends InputStream {
    private final Iterator<CopyFromInstanceResponse> pieces;
    private ByteString piece = ByteString.EMPTY;
    private int taken;

    Pieces(Iterator<CopyFromInstanceResponse> pieces) {
      this.pieces = pieces;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      while (taken == piece.size()) {
        if (!pieces.hasNext()) {
          return -1;
        }
        piece = pieces.next().getData();
        taken = 0;
      }
      int count = Math.min(length, piece.size() - taken);
      piece.substring(taken, taken + count).copyTo(bytes, offset);
      taken += count;
      return count;
    }
  }
}
