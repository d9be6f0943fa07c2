package dev.berth.controller.rpc;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.spec.ImageRules;
import dev.berth.v1.ImageInspectRequest;
import dev.berth.v1.ImageListRequest;
import dev.berth.v1.ImageRemoveRequest;
import dev.berth.v1.ImageServiceGrpc;
import dev.berth.v1.ImportImageRequest;
import dev.berth.v1.ImportImageResponse;
import dev.berth.v1.InspectImageRequest;
import dev.berth.v1.InspectImageResponse;
import dev.berth.v1.ListImagesRequest;
import dev.berth.v1.ListImagesResponse;
import dev.berth.v1.NodeImages;
import dev.berth.v1.OpenStream;
import dev.berth.v1.RemoveImageRequest;
import dev.berth.v1.RemoveImageResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/// The image stores of nodes, through their agents' streams. Nothing of it passes the loop.
final class ImageRpc extends ImageServiceGrpc.ImageServiceImplBase {
  private final ControllerLoop loop;
  private final StreamBroker broker;
  private final ScheduledExecutorService timer;

  ImageRpc(ControllerLoop loop, StreamBroker broker, ScheduledExecutorService timer) {
    this.loop = loop;
    this.broker = broker;
    this.timer = timer;
  }

  @Override
  public void listImages(ListImagesRequest request, StreamObserver<ListImagesResponse> caller) {
    ask(
        request.getNodesList(),
        OpenStream.newBuilder().setImageList(ImageListRequest.getDefaultInstance()),
        caller,
        new ImagePages());
  }

  @Override
  public void inspectImage(
      InspectImageRequest request, StreamObserver<InspectImageResponse> caller) {
    check(request.getImage());
    ask(
        request.getNodesList(),
        OpenStream.newBuilder()
            .setImageInspect(ImageInspectRequest.newBuilder().setImage(request.getImage())),
        caller,
        (node, news) ->
            one(node, news)
                .map(result -> InspectImageResponse.newBuilder().setResult(result).build()));
  }

  @Override
  public void removeImage(RemoveImageRequest request, StreamObserver<RemoveImageResponse> caller) {
    check(request.getImage());
    ask(
        request.getNodesList(),
        OpenStream.newBuilder()
            .setImageRemove(ImageRemoveRequest.newBuilder().setImage(request.getImage())),
        caller,
        (node, news) ->
            one(node, news)
                .map(result -> RemoveImageResponse.newBuilder().setResult(result).build()));
  }

  @Override
  public StreamObserver<ImportImageRequest> importImage(
      StreamObserver<ImportImageResponse> caller) {
    return new ImportCall(
        loop, broker, timer, (ServerCallStreamObserver<ImportImageResponse>) caller);
  }

  private <A> void ask(
      List<String> nodes,
      OpenStream.Builder question,
      StreamObserver<A> caller,
      NodeFanOut.View<A> view) {
    ClusterState state = Answers.snapshot(loop).state();
    List<ImageTargets.Chosen> chosen = ImageTargets.of(state, nodes);
    new NodeFanOut<>(broker, timer, (ServerCallStreamObserver<A>) caller, view)
        .start(chosen, question.build());
  }

  private static void check(String image) {
    @Nullable String problem = ImageRules.lookupProblem(image);
    if (problem != null) {
      throw StatusMapper.badField("image", problem);
    }
  }

  private static Optional<NodeImages> one(String node, NodeNews news) {
    NodeImages.Builder result = NodeImages.newBuilder().setNode(node);
    return switch (news) {
      case NodeNews.Found(var found) -> Optional.of(result.addImages(found).build());
      case NodeNews.Failed(var failure) -> Optional.of(result.setFailure(failure).build());
      case NodeNews.Begun(), NodeNews.Progress(_), NodeNews.Examined(_), NodeNews.Done() ->
          Optional.empty();
    };
  }
}
