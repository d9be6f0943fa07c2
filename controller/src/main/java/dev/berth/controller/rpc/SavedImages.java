package dev.berth.controller.rpc;

import dev.berth.controller.loop.ControllerLoop;
import dev.berth.spec.ImageRules;
import dev.berth.v1.ImageSaveRequest;
import dev.berth.v1.Kind;
import dev.berth.v1.OpenStream;
import io.grpc.Status;
import java.util.List;

/// Images that one node is asked to send.
///
/// @param source who is asked
/// @param images what they are called
record SavedImages(StreamBroker.Target source, List<String> images) {
  private static final int IMAGES_MAX = 100;

  /// Checks what can be known here.
  ///
  /// @param field what the caller calls the node
  static SavedImages of(ControllerLoop loop, String field, String node, List<String> images) {
    if (images.isEmpty() || images.size() > IMAGES_MAX) {
      throw StatusMapper.badField(
          "images", "count: %d (expected: 1 to %d)".formatted(images.size(), IMAGES_MAX));
    }
    for (String image : images) {
      Fields.require("images", ImageRules.lookupProblem(image));
    }
    if (node.isEmpty()) {
      throw StatusMapper.badField(field, "missing (expected: the node that has the images)");
    }
    ImageTargets.Chosen chosen =
        ImageTargets.of(Answers.snapshot(loop).state(), List.of(node), List.of(Kind.KIND_CONTAINER))
            .getFirst();
    if (chosen.problem().isPresent()) {
      throw Status.fromCodeValue(chosen.problem().get().getCode())
          .withDescription(node + ": " + chosen.problem().get().getMessage())
          .asRuntimeException();
    }
    return new SavedImages(chosen.target().orElseThrow(), List.copyOf(images));
  }

  /// What it is asked.
  OpenStream.Builder asked() {
    return OpenStream.newBuilder().setImageSave(ImageSaveRequest.newBuilder().addAllImages(images));
  }

  /// What they are called, for people.
  String names() {
    return String.join(" ", images);
  }
}
