package dev.berth.cli.image;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.TwoWayCall;
import dev.berth.cli.cluster.Upload;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.ImageRules;
import dev.berth.spec.Printable;
import dev.berth.v1.Image;
import dev.berth.v1.LoadImagesRequest;
import dev.berth.v1.LoadImagesResponse;
import dev.berth.v1.LoadOrder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `berth load`.
@Command(
    description = "Loads images of containers from an archive of berth save or docker save.",
    footer = {
      "It goes to all nodes with Docker at the pace of the slowest, or to those that are named. A"
          + " node that fails stops no other. Ctrl-C ends it.",
      "  berth load -i shop.tar",
      "  docker save shop:2.1 | berth load --node host-2"
    })
public final class LoadCommand extends ClusterVerb {
  @Option(
      names = {"-i", "--input"},
      paramLabel = "FILE",
      description = "The archive, perhaps compressed by gzip, bzip2 or xz; the input unless given.")
  private String input = "";

  @Option(
      names = {"-q", "--quiet"},
      description = "Shows no progress.")
  private boolean quiet;

  @Mixin private final ImageNodes nodes = new ImageNodes();

  /// @param terminal where it reads and writes
  public LoadCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    nodes.check();
    if (input.isEmpty() && terminal().inIsTerminal()) {
      throw FailureException.usage(
          "the input is a terminal (expected: -i FILE, or an archive piped in)");
    }
    if (!input.isEmpty() && !Files.isReadable(Path.of(input))) {
      throw new FailureException(
          ExitCode.FAILURE,
          Printable.escape(input) + ": there is no such file, or it is not yours");
    }
  }

  @Override
  protected int run(Cluster cluster) throws IOException {
    TwoWayCall<LoadImagesRequest, LoadImagesResponse> call = new TwoWayCall<>();
    try (InputStream archive =
            input.isEmpty() ? terminal().in() : Files.newInputStream(Path.of(input));
        Upload<LoadImagesRequest, LoadImagesResponse> upload =
            new Upload<>(
                call,
                input.isEmpty() ? "the input" : input + ":",
                ImageRules.PIECE_MAX,
                piece -> LoadImagesRequest.newBuilder().setData(piece).build())) {
      var _ = cluster.imageCalls().loadImages(call);
      boolean _ =
          call.send(
              LoadImagesRequest.newBuilder()
                  .setOrder(LoadOrder.newBuilder().addAllNodes(nodes.names()))
                  .build());
      upload.start(
          out -> {
            long _ = archive.transferTo(out);
          },
          _ -> {});
      return follow(upload);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailureException(ExitCode.FAILURE, "interrupted", e);
    }
  }

  private int follow(Upload<LoadImagesRequest, LoadImagesResponse> upload)
      throws IOException, InterruptedException {
    LoadedImages loaded = new LoadedImages(terminal(), quiet, LoadCommand::line);
    try {
      Optional<LoadImagesResponse> next = upload.receive();
      while (next.isPresent()) {
        loaded.take(next.get());
        next = upload.receive();
      }
    } finally {
      loaded.end();
    }
    return loaded.exitCode();
  }

  /// In docker's words.
  private static String line(String node, Image image) {
    return node
        + ": "
        + (image.getNamesCount() == 0
            ? "Loaded image ID: sha256:" + image.getSha256()
            : "Loaded image: " + String.join(", ", image.getNamesList()));
  }
}
