package dev.berth.cli.build;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.image.LoadedImages;
import dev.berth.cli.registry.RegistryLogins;
import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.Complaint;
import dev.berth.spec.Printable;
import dev.berth.v1.CopyImagesRequest;
import dev.berth.v1.Image;
import dev.berth.v1.LoadImagesResponse;
import dev.berth.v1.NodeImageWork;
import dev.berth.v1.PullImageRequest;
import dev.berth.v1.PushImageRequest;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;

/// Brings an image that one node has to others, and sees that they have the same.
///
/// @param cluster where they are
/// @param terminal who is told
/// @param builder the node that has it
/// @param nodes those that are to have it; none: all with Docker
/// @param quiet tells of failures only
record Spread(
    Cluster cluster, Terminal terminal, String builder, List<String> nodes, boolean quiet) {
  /// From node to node, through the controller.
  ///
  /// @return the exit code
  int copy(Image image, List<String> names) {
    LoadedImages loaded = new LoadedImages(terminal, quiet, (_, _) -> "");
    Iterator<LoadImagesResponse> answers =
        cluster
            .imageStreams()
            .copyImages(
                CopyImagesRequest.newBuilder()
                    .setSource(builder)
                    .addAllNodes(nodes)
                    .addAllImages(names.isEmpty() ? List.of(image.getSha256()) : names)
                    .build());
    try {
      answers.forEachRemaining(loaded::take);
    } finally {
      loaded.end();
    }
    int exitCode = loaded.exitCode();
    for (var node : loaded.done().entrySet()) {
      for (Image there : node.getValue()) {
        exitCode = Math.max(exitCode, same(node.getKey(), image, there));
      }
    }
    return exitCode;
  }

  /// By the registry that a name says.
  ///
  /// @return the exit code
  int pushAndPull(Image image, String name, boolean pull) throws IOException {
    PushImageRequest.Builder push = PushImageRequest.newBuilder().setImage(name).setNode(builder);
    PullImageRequest.Builder pulled =
        PullImageRequest.newBuilder().setImage(name).addAllNodes(nodes);
    new RegistryLogins(terminal.environment())
        .forImage(name)
        .ifPresent(
            login -> {
              push.setLogin(login);
              pulled.setLogin(login);
            });
    int exitCode = ends(cluster.imageStreams().pushImage(push.build()), image, name + " pushed");
    if (exitCode != ExitCode.OK || !pull) {
      return exitCode;
    }
    return ends(cluster.imageStreams().pullImage(pulled.build()), image, "");
  }

  private int ends(Iterator<NodeImageWork> answers, Image image, String word) {
    int exitCode = ExitCode.OK;
    while (answers.hasNext()) {
      NodeImageWork said = answers.next();
      if (said.hasFailure()) {
        Complaint.say(terminal, said.getNode(), said.getFailure().getMessage());
        exitCode = ExitCode.FAILURE;
      } else if (said.hasImage() && word.isEmpty()) {
        exitCode = Math.max(exitCode, same(said.getNode(), image, said.getImage()));
      } else if (said.hasImage() && !quiet) {
        terminal.say(Printable.escape(said.getNode() + ": " + word));
      }
    }
    return exitCode;
  }

  private int same(String node, Image image, Image there) {
    if (!there.getSha256().equals(image.getSha256())) {
      Complaint.say(
          terminal,
          node,
          "it has another image of this name now, sha256:%s (expected: sha256:%s): remove it there"
                  .formatted(there.getSha256(), image.getSha256())
              + " and repeat");
      return ExitCode.FAILURE;
    }
    if (!quiet && !node.equals(builder)) {
      terminal.say(Printable.escape(node + ": has sha256:" + there.getSha256()));
    }
    return ExitCode.OK;
  }
}
