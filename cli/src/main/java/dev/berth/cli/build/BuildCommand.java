package dev.berth.cli.build;

import com.google.protobuf.ByteString;
import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.ClusterVerb;
import dev.berth.cli.cluster.TwoWayCall;
import dev.berth.cli.cluster.Upload;
import dev.berth.cli.image.NodeWords;
import dev.berth.cli.registry.RegistryLogins;
import dev.berth.cli.term.EnvArguments;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.BuildRules;
import dev.berth.spec.Names;
import dev.berth.spec.Quantity;
import dev.berth.v1.BuildImageRequest;
import dev.berth.v1.BuildImageResponse;
import dev.berth.v1.BuildOrder;
import dev.berth.v1.Image;
import dev.berth.v1.RegistryLogin;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `berth build`.
@Command(
    description =
        "Builds an image of containers on one node, and brings it to all that can run it.",
    footer = {
      "The directory is sent but for what its .dockerignore leaves out. From the input comes a tar"
          + " archive, or a Dockerfile alone. The node's own builder builds: docker's classic one.",
      "Then the image goes from node to node; with --push, by the registry that its name says."
          + " Logins go to registries that the Dockerfile names, and to no others. Ctrl-C ends it.",
      "  berth build -t shop:2.1 .",
      "  berth build -t registry.example:5000/shop:2.1 --push --build-arg VERSION=2.1 shop"
    })
public final class BuildCommand extends ClusterVerb {
  private static final int PIECE_BYTES = 32 << 10;
  private static final int KEPT_OUTPUT = 1 << 20;

  @Mixin private final BuildOptions options = new BuildOptions();

  @Parameters(index = "0", paramLabel = "PATH|-", description = "The directory to build from.")
  private String path = "";

  /// @param terminal where it reads and writes
  public BuildCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  protected void checkUsage() {
    options.check();
    if (path.matches("(?i)(https?|git|ssh)://.*|git@.*|github\\.com/.*")) {
      throw FailureException.usage(
          "PATH: nothing is fetched from URLs (expected: a directory; clone or unpack it first)");
    }
    if (path.equals("-") && options.dockerfile().equals("-")) {
      throw FailureException.usage(
          "-f -: the input is the context already (expected: one of both from the input)");
    }
    if (path.equals("-") && terminal().inIsTerminal()) {
      throw FailureException.usage(
          "-: the input is a terminal (expected: a tar archive or a Dockerfile piped in)");
    }
  }

  @Override
  protected int run(Cluster cluster) throws IOException {
    BuildContext context =
        path.equals("-")
            ? BuildContext.ofInput(terminal(), options.dockerfile())
            : BuildContext.ofDirectory(terminal(), Path.of(path), options.dockerfile());
    Built built = build(cluster, order(context), context);
    String id = "sha256:" + built.image().getSha256();
    if (!options.iidfile().isEmpty()) {
      Files.writeString(Path.of(options.iidfile()), id);
    }
    if (options.quiet()) {
      terminal().out().println(id);
      terminal().flush();
    }
    return spread(cluster, built);
  }

  /// What was built, and where.
  private record Built(String node, Image image) {}

  private BuildOrder order(BuildContext context) throws IOException {
    Map<String, String> arguments =
        EnvArguments.parse(options.arguments(), List.of(), terminal().environment());
    return options.order().toBuilder()
        .setDockerfile(context.dockerfile())
        .putAllBuildArgs(arguments)
        .addAllLogins(logins(NamedImages.in(context.text(), arguments)))
        .build();
  }

  private List<RegistryLogin> logins(Iterable<String> images) throws IOException {
    RegistryLogins kept = new RegistryLogins(terminal().environment());
    Map<String, RegistryLogin> logins = new LinkedHashMap<>();
    for (String image : images) {
      // What is no name is the builder's to refuse.
      Optional<RegistryLogin> login =
          Names.imageProblem(image) == null ? kept.forImage(image) : Optional.empty();
      login.ifPresent(each -> logins.put(each.getServer(), each));
    }
    return logins.values().stream().limit(BuildRules.LOGINS_MAX).toList();
  }

  private Built build(Cluster cluster, BuildOrder order, BuildContext context) throws IOException {
    TwoWayCall<BuildImageRequest, BuildImageResponse> call = new TwoWayCall<>();
    try (Upload<BuildImageRequest, BuildImageResponse> upload =
        new Upload<>(
            call,
            "the context",
            PIECE_BYTES,
            piece -> BuildImageRequest.newBuilder().setContext(piece).build())) {
      var _ = cluster.imageCalls().buildImage(call);
      boolean _ = call.send(BuildImageRequest.newBuilder().setOrder(order).build());
      upload.start(context.content(), this::sent);
      return follow(upload);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailureException(ExitCode.FAILURE, "interrupted", e);
    }
  }

  private Built follow(Upload<BuildImageRequest, BuildImageResponse> upload)
      throws IOException, InterruptedException {
    String node = "";
    // Of a quiet build nothing is shown, unless it fails.
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    try {
      Optional<BuildImageResponse> next = upload.receive();
      while (next.isPresent()) {
        BuildImageResponse said = next.get();
        switch (said.getMessageCase()) {
          case OPENED -> {
            node = said.getOpened().getNode();
            if (!options.quiet()) {
              terminal().say("building on " + node);
            }
          }
          case OUTPUT -> show(said.getOutput(), kept);
          case IMAGE -> {
            return new Built(node, said.getImage());
          }
          case MESSAGE_NOT_SET -> {
            // Of a newer controller.
          }
        }
        next = upload.receive();
      }
    } catch (StatusRuntimeException e) {
      terminal().err().append(kept.toString(StandardCharsets.UTF_8)).flush();
      throw node.isEmpty() ? e : NodeWords.of(node, e);
    }
    throw new FailureException(
        ExitCode.FAILURE, "the build ended, and nobody said what was built: repeat it");
  }

  private void show(ByteString output, ByteArrayOutputStream kept) throws IOException {
    if (!options.quiet()) {
      output.writeTo(terminal().out());
      terminal().flush();
    } else if (kept.size() < KEPT_OUTPUT) {
      output.writeTo(kept);
    }
  }

  private void sent(long bytes) {
    if (!options.quiet()) {
      terminal().say("sent " + Quantity.roundedMemory(bytes) + " to build from");
    }
  }

  private int spread(Cluster cluster, Built built) throws IOException {
    Spread spread = new Spread(cluster, terminal(), built.node(), options.nodes(), options.quiet());
    int exitCode = ExitCode.OK;
    if (options.push()) {
      for (String tag : options.tags()) {
        exitCode = Math.max(exitCode, spread.pushAndPull(built.image(), tag, options.spreads()));
      }
      return exitCode;
    }
    return options.spreads() ? spread.copy(built.image(), options.tags()) : exitCode;
  }
}
