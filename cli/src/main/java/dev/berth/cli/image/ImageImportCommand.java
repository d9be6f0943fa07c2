package dev.berth.cli.image;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.TwoWayCall;
import dev.berth.cli.cluster.Upload;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.Complaint;
import dev.berth.spec.ImageRules;
import dev.berth.spec.Printable;
import dev.berth.spec.Quantity;
import dev.berth.spec.VmImages;
import dev.berth.v1.Disk;
import dev.berth.v1.Image;
import dev.berth.v1.ImageImportOrder;
import dev.berth.v1.ImageImportSpec;
import dev.berth.v1.ImportImageRequest;
import dev.berth.v1.ImportImageResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `berth image import`.
@Command(
    description = "Puts a disk image into the stores of nodes, from which virtual machines boot.",
    footer = {
      "A file goes from here to the nodes. A URL is fetched by each node; --sha256 says what it"
          + " must be. An image of a registry is pulled by each node; it must hold a disk as"
          + " /disk/*.qcow2 or /disk/*.img.",
      "Formats: raw and qcow2, without backing file. Ctrl-C ends the import and leaves nothing.",
      "  berth image import --vm debian-12.qcow2",
      "  berth run -d --kind vm --name db debian-12"
    })
public final class ImageImportCommand extends ClusterVerb {
  @Option(names = "--vm", description = "A disk of virtual machines; the only sort there is yet.")
  private boolean vm;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Its name on the nodes; the file's without ending unless given.")
  private String name = "";

  @Option(
      names = "--sha256",
      paramLabel = "DIGEST",
      description = "SHA-256 that it must have; needed for a URL.")
  private String sha256 = "";

  @Mixin private final ImageNodes nodes = new ImageNodes();

  @Parameters(index = "0", paramLabel = "FILE|URL|REFERENCE", description = "Where it comes from.")
  private String source = "";

  /// @param terminal where it reads and writes
  public ImageImportCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    if (!vm) {
      throw FailureException.usage(
          "--vm: missing (expected: --vm, since only disks of virtual machines can be imported)");
    }
    nodes.check();
    ImportOrigin origin = ImportOrigin.parse(source);
    String problem = ImageRules.nameProblem(nameFor(origin));
    if (problem != null) {
      throw FailureException.usage("--name: " + problem);
    }
    if (origin instanceof ImportOrigin.OfUrl && sha256.isEmpty()) {
      throw FailureException.usage(
          "--sha256: missing (expected: the SHA-256 of what the URL gives, from whoever made it)");
    }
    String wrong = sha256.isEmpty() ? null : VmImages.digestProblem(sha256);
    if (wrong != null) {
      throw FailureException.usage("--sha256: " + wrong);
    }
  }

  private String nameFor(ImportOrigin origin) {
    return name.isEmpty() ? origin.defaultName() : name;
  }

  @Override
  protected int run(Cluster cluster) throws IOException {
    ImportOrigin origin = ImportOrigin.parse(source);
    ImageImportOrder order =
        ImageImportOrder.newBuilder().setImage(spec(origin)).addAllNodes(nodes.names()).build();
    TwoWayCall<ImportImageRequest, ImportImageResponse> call = new TwoWayCall<>();
    try (Upload<ImportImageRequest, ImportImageResponse> upload =
        new Upload<>(
            call,
            source + ":",
            ImageRules.PIECE_MAX,
            piece -> ImportImageRequest.newBuilder().setContent(piece).build())) {
      var _ = cluster.imageCalls().importImage(call);
      boolean _ = call.send(ImportImageRequest.newBuilder().setOrder(order).build());
      if (origin instanceof ImportOrigin.OfFile(Path file, _)) {
        upload.start(
            out -> {
              long _ = Files.copy(file, out);
            },
            _ -> {});
      } else {
        call.endInput();
      }
      return follow(upload, order.getImage().getName());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailureException(ExitCode.FAILURE, "interrupted", e);
    }
  }

  private ImageImportSpec spec(ImportOrigin origin) throws IOException {
    ImageImportSpec.Builder spec =
        ImageImportSpec.newBuilder().setName(nameFor(origin)).setSha256(sha256);
    return switch (origin) {
      case ImportOrigin.OfFile(Path file, long bytes) -> {
        String digest = FileDigest.sha256(file, bytes, terminal());
        if (!sha256.isEmpty() && !sha256.equals(digest)) {
          throw new IOException(
              "%s: sha256: %s (expected: %s); nothing was sent".formatted(file, digest, sha256));
        }
        yield spec.setSha256(digest).setContentBytes(bytes).build();
      }
      case ImportOrigin.OfUrl(String url) -> spec.setUrl(url).build();
      case ImportOrigin.OfRegistry(String reference) -> spec.setReference(reference).build();
    };
  }

  private int follow(Upload<ImportImageRequest, ImportImageResponse> upload, String image)
      throws IOException, InterruptedException {
    ImportProgressLines progress = new ImportProgressLines(terminal());
    int exitCode = ExitCode.OK;
    try {
      Optional<ImportImageResponse> next = upload.receive();
      while (next.isPresent()) {
        ImportImageResponse said = next.get();
        if (said.hasProgress()) {
          progress.show(said.getNode(), said.getProgress());
        } else {
          progress.end(said.getNode());
          exitCode = Math.max(exitCode, tell(said, image));
          progress.draw();
        }
        next = upload.receive();
      }
    } finally {
      progress.clear();
    }
    return exitCode;
  }

  private int tell(ImportImageResponse said, String image) {
    if (said.hasFailure()) {
      Complaint.say(terminal(), said.getNode(), said.getFailure().getMessage());
      return ExitCode.FAILURE;
    }
    Image stored = said.getImage();
    Disk disk = stored.getDisk();
    terminal()
        .out()
        .println(
            Printable.escape(
                "%s: %s, %s of %s, sha256 %s"
                    .formatted(
                        said.getNode(),
                        image,
                        disk.getFormat(),
                        Quantity.roundedMemory(disk.getVirtualSizeBytes()),
                        stored.getSha256())));
    terminal().flush();
    return ExitCode.OK;
  }
}
