package dev.berth.controller.rpc;

import dev.berth.controller.loop.ControllerLoop;
import dev.berth.spec.ImageRules;
import dev.berth.v1.ImageImportOrder;
import dev.berth.v1.ImageImportSpec;
import dev.berth.v1.ImportImageRequest;
import dev.berth.v1.ImportImageResponse;
import dev.berth.v1.ImportProgress;
import dev.berth.v1.Kind;
import dev.berth.v1.OpenStream;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/// One user's call to import an image, from the message that says which to its end.
final class ImportCall implements StreamObserver<ImportImageRequest> {
  private final ControllerLoop loop;
  private final ServerCallStreamObserver<ImportImageResponse> user;
  private final NodeFanOut<ImportImageResponse> nodes;
  private @Nullable ImageImportSpec image;
  private long received;

  /// Must be made while the call is being started.
  ImportCall(
      ControllerLoop loop,
      StreamBroker broker,
      ScheduledExecutorService timer,
      ServerCallStreamObserver<ImportImageResponse> user) {
    this.loop = loop;
    this.user = user;
    this.nodes = new NodeFanOut<>(broker, timer, user, this::view);
    user.disableAutoRequest();
    user.request(1);
  }

  @Override
  public void onNext(ImportImageRequest message) {
    ImageImportSpec ordered = image;
    if ((ordered == null) != message.hasOrder()) {
      throw StatusMapper.badField(
          "message",
          "value: %s (expected: order first, then content)".formatted(message.getMessageCase()));
    }
    if (ordered == null) {
      begin(message.getOrder());
      return;
    }
    int size = message.getContent().size();
    if (!ordered.hasContentBytes() || size < 1 || size > ImageRules.PIECE_MAX) {
      throw StatusMapper.badField(
          "content",
          "length: %d (expected: %s)"
              .formatted(
                  size,
                  ordered.hasContentBytes()
                      ? "1 to " + ImageRules.PIECE_MAX + " bytes"
                      : "none, since the nodes fetch it"));
    }
    received += size;
    if (received > ordered.getContentBytes()) {
      throw wrongLength(ordered);
    }
    nodes.content(message.getContent());
  }

  @Override
  public void onError(Throwable cause) {
    // The user left; the nodes hear of it by themselves.
  }

  @Override
  public void onCompleted() {
    ImageImportSpec ordered = image;
    if (ordered == null) {
      throw StatusMapper.badField("message", "none came (expected: order first, then content)");
    }
    if (ordered.hasContentBytes()) {
      if (received != ordered.getContentBytes()) {
        throw wrongLength(ordered);
      }
      nodes.endContent();
    }
  }

  private RuntimeException wrongLength(ImageImportSpec ordered) {
    return StatusMapper.badField(
        "content",
        "length: %s%d bytes (expected: %d, as content_bytes says)"
            .formatted(
                received > ordered.getContentBytes() ? "at least " : "",
                received,
                ordered.getContentBytes()));
  }

  private void begin(ImageImportOrder order) {
    ImageImportSpec asked = order.getImage();
    Fields.require("image.", ImageRules.validate(asked));
    List<ImageTargets.Chosen> chosen =
        ImageTargets.of(
            Answers.snapshot(loop).state(), order.getNodesList(), List.of(Kind.KIND_VM));
    if (asked.hasContentBytes() && chosen.size() > NodeFanOut.AT_ONCE) {
      throw StatusMapper.badField(
          "nodes",
          "count: %d (expected: at most %d for content; name more than one time, or import by URL)"
              .formatted(chosen.size(), NodeFanOut.AT_ONCE));
    }
    Audit.nodes("image import", asked.getName(), order.getNodesList());
    image = asked;
    nodes.start(chosen, OpenStream.newBuilder().setImageImport(asked).build());
    if (asked.hasContentBytes()) {
      nodes.takeContent();
    } else {
      user.request(1);
    }
  }

  private Optional<ImportImageResponse> view(String node, NodeNews news) {
    ImportImageResponse.Builder answer = ImportImageResponse.newBuilder().setNode(node);
    return switch (news) {
      case NodeNews.Begun() -> {
        ImageImportSpec ordered = image;
        long total = ordered == null ? 0 : ordered.getContentBytes();
        yield Optional.of(
            answer.setProgress(ImportProgress.newBuilder().setTotalBytes(total)).build());
      }
      case NodeNews.Progress(var progress) -> Optional.of(answer.setProgress(progress).build());
      case NodeNews.Found(var found) -> Optional.of(answer.setImage(found).build());
      case NodeNews.Failed(var failure) -> Optional.of(answer.setFailure(failure).build());
      default -> Optional.empty();
    };
  }
}
