package dev.berth.cli.image;

import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.Complaint;
import dev.berth.v1.ImageFailure;
import dev.berth.v1.NodeImages;
import io.grpc.Status;
import java.util.List;

/// What nodes did with one image.
final class NodeResults {
  private NodeResults() {}

  /// Tells people of those that failed. One that was not named and does not have the image has not
  /// failed, unless none has it.
  ///
  /// @param image what it is called
  /// @return the exit code
  static int complain(Terminal terminal, String image, ImageNodes asked, List<NodeImages> nodes) {
    boolean someHave = nodes.stream().anyMatch(node -> node.getImagesCount() > 0);
    List<NodeImages> failed =
        nodes.stream()
            .filter(NodeImages::hasFailure)
            .filter(node -> asked.areNamed() || !isMissing(node.getFailure()))
            .toList();
    for (NodeImages node : failed) {
      Complaint.say(terminal, node.getNode(), node.getFailure().getMessage());
    }
    if (failed.isEmpty() && !someHave) {
      Complaint.say(
          terminal, image, "no node has this image; 'berth image ls' lists those there are");
    }
    return failed.isEmpty() && someHave ? ExitCode.OK : ExitCode.FAILURE;
  }

  private static boolean isMissing(ImageFailure failure) {
    return failure.getCode() == Status.Code.NOT_FOUND.value();
  }
}
