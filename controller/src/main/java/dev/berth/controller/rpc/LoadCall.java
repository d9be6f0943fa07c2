package dev.berth.controller.rpc;

import dev.berth.controller.loop.ControllerLoop;
import dev.berth.spec.ImageRules;
import dev.berth.v1.ImageLoadRequest;
import dev.berth.v1.ImportProgress;
import dev.berth.v1.Kind;
import dev.berth.v1.LoadDone;
import dev.berth.v1.LoadImagesRequest;
import dev.berth.v1.LoadImagesResponse;
import dev.berth.v1.OpenStream;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/// One user's call to load an archive of images, from the message that says where to its end.
final class LoadCall implements StreamObserver<LoadImagesRequest> {
  private final ControllerLoop loop;
  private final NodeFanOut<LoadImagesResponse> nodes;
  private boolean ordered;

  /// Must be made while the call is being started.
  LoadCall(
      ControllerLoop loop,
      StreamBroker broker,
      ScheduledExecutorService timer,
      ServerCallStreamObserver<LoadImagesResponse> user) {
    this.loop = loop;
    this.nodes = new NodeFanOut<>(broker, timer, user, LoadCall::view);
    user.disableAutoRequest();
    user.request(1);
  }

  /// Which nodes are to have an archive.
  ///
  /// @param names none: all that are ready and can run containers
  static List<ImageTargets.Chosen> targets(ControllerLoop loop, List<String> names) {
    List<ImageTargets.Chosen> chosen =
        ImageTargets.of(Answers.snapshot(loop).state(), names, List.of(Kind.KIND_CONTAINER));
    if (chosen.size() > NodeFanOut.AT_ONCE) {
      throw StatusMapper.badField(
          "nodes",
          "count: %d (expected: at most %d; name more than one time, or push the image and pull it)"
              .formatted(chosen.size(), NodeFanOut.AT_ONCE));
    }
    return chosen;
  }

  @Override
  public void onNext(LoadImagesRequest message) {
    if (ordered == message.hasOrder()) {
      throw StatusMapper.badField(
          "message",
          "value: %s (expected: order first, then data)".formatted(message.getMessageCase()));
    }
    if (!ordered) {
      List<ImageTargets.Chosen> chosen = targets(loop, message.getOrder().getNodesList());
      Audit.nodes("image load", "an archive", message.getOrder().getNodesList());
      ordered = true;
      nodes.start(
          chosen,
          OpenStream.newBuilder().setImageLoad(ImageLoadRequest.getDefaultInstance()).build());
      nodes.takeContent();
      return;
    }
    int size = message.getData().size();
    if (size < 1 || size > ImageRules.PIECE_MAX) {
      throw StatusMapper.badField(
          "data", "length: %d (expected: 1 to %d bytes)".formatted(size, ImageRules.PIECE_MAX));
    }
    nodes.content(message.getData());
  }

  @Override
  public void onError(Throwable cause) {
    // The user left; the nodes hear of it by themselves.
  }

  @Override
  public void onCompleted() {
    if (!ordered) {
      throw StatusMapper.badField("message", "none came (expected: order first, then data)");
    }
    nodes.endContent();
  }

  /// What the user is told.
  static Optional<LoadImagesResponse> view(String node, NodeNews news) {
    LoadImagesResponse.Builder answer = LoadImagesResponse.newBuilder().setNode(node);
    return switch (news) {
      case NodeNews.Begun() ->
          Optional.of(answer.setProgress(ImportProgress.getDefaultInstance()).build());
      case NodeNews.Progress(var progress) -> Optional.of(answer.setProgress(progress).build());
      case NodeNews.Found(var image) -> Optional.of(answer.setImage(image).build());
      case NodeNews.Failed(var failure) -> Optional.of(answer.setFailure(failure).build());
      case NodeNews.Done() -> Optional.of(answer.setDone(LoadDone.getDefaultInstance()).build());
      case NodeNews.Removed(_),
          NodeNews.Examined(_),
          NodeNews.HasVolume(_),
          NodeNews.RemovedVolumes(_),
          NodeNews.HasNetwork(_) ->
          Optional.empty();
    };
  }
}
