package dev.berth.cli.testing;

import com.google.protobuf.ByteString;
import dev.berth.v1.CopyFromInstanceResponse;
import dev.berth.v1.CopyToInstanceRequest;
import dev.berth.v1.CopyToInstanceResponse;
import dev.berth.v1.PathKind;
import dev.berth.v1.PathStat;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Files of instances: a directory of this host, packed and unpacked by this host's tar.
public final class FakeFiles {
  private static final int PIECE = 32 << 10;

  private @Nullable Path root;
  private byte @Nullable [] archive;

  FakeFiles() {}

  /// What instances see as their root.
  public void root(Path directory) {
    root = directory;
  }

  /// What is sent from now on, whatever is asked for.
  public void send(byte[] bytes) {
    archive = bytes.clone();
  }

  private Path at(String path) {
    return Objects.requireNonNull(root).resolve(path.startsWith("/") ? path.substring(1) : path);
  }

  private static Path parent(Path at) {
    return Objects.requireNonNull(at.getParent());
  }

  void stat(String path, StreamObserver<PathStat> out) {
    Path at = at(path);
    if (!Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
      out.onError(
          Status.NOT_FOUND.withDescription("there is nothing at " + path).asRuntimeException());
      return;
    }
    PathStat.Builder stat = PathStat.newBuilder().setName(at.getFileName().toString());
    try {
      if (Files.isSymbolicLink(at)) {
        Path target = parent(at).resolve(Files.readSymbolicLink(at));
        stat.setKind(PathKind.PATH_KIND_LINK)
            .setLinkTarget("/" + Objects.requireNonNull(root).relativize(target));
      } else {
        stat.setKind(
            Files.isDirectory(at) ? PathKind.PATH_KIND_DIRECTORY : PathKind.PATH_KIND_FILE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.onNext(stat.build());
    out.onCompleted();
  }

  void send(String path, StreamObserver<CopyFromInstanceResponse> out) {
    byte[] bytes = archive;
    if (bytes == null) {
      Path at = at(path);
      bytes =
          tar(
              new byte[0],
              "-C",
              parent(at).toString(),
              "-cf",
              "-",
              "--",
              at.getFileName().toString());
    }
    for (int from = 0; from < bytes.length; from += PIECE) {
      int length = Math.min(PIECE, bytes.length - from);
      out.onNext(
          CopyFromInstanceResponse.newBuilder()
              .setData(ByteString.copyFrom(bytes, from, length))
              .build());
    }
    out.onCompleted();
  }

  StreamObserver<CopyToInstanceRequest> take(StreamObserver<CopyToInstanceResponse> out) {
    return new StreamObserver<>() {
      private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
      private String directory = "";
      private boolean refused;

      @Override
      public void onNext(CopyToInstanceRequest message) {
        if (message.hasOpen()) {
          directory = message.getOpen().getPath();
          if (!Files.isDirectory(at(directory))) {
            refused = true;
            out.onError(
                Status.NOT_FOUND
                    .withDescription("there is nothing at " + directory + " in it")
                    .asRuntimeException());
          }
        } else {
          message.getData().forEach(taken::write);
        }
      }

      @Override
      public void onError(Throwable cause) {
        refused = true;
      }

      @Override
      public void onCompleted() {
        if (!refused) {
          byte[] _ = tar(taken.toByteArray(), "-C", at(directory).toString(), "-xpf", "-");
          out.onNext(CopyToInstanceResponse.getDefaultInstance());
          out.onCompleted();
        }
      }
    };
  }

  /// Runs this host's tar.
  ///
  /// @return what it wrote
  public static byte[] tar(byte[] input, String... options) {
    try {
      ProcessBuilder builder = new ProcessBuilder("tar");
      builder.command().addAll(List.of(options));
      Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
      try (OutputStream to = process.getOutputStream()) {
        to.write(input);
      }
      byte[] output = process.getInputStream().readAllBytes();
      int code = process.waitFor();
      if (code != 0) {
        throw new IllegalStateException("tar ended with " + code);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
