package dev.berth.controller.rpc;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.spec.BuildRules;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.BuildImageRequest;
import dev.berth.v1.BuildImageResponse;
import dev.berth.v1.BuildOpened;
import dev.berth.v1.BuildOrder;
import dev.berth.v1.Kind;
import dev.berth.v1.OpenStream;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;

/// One user's call to build an image, from the message that says what to its end.
final class BuildCall implements StreamObserver<BuildImageRequest> {
  private final ControllerLoop loop;
  private final StreamBroker broker;
  private final BrokeredStream<BuildImageResponse> stream;
  private String node = "";

  /// Must be made while the call is being started.
  BuildCall(
      ControllerLoop loop,
      StreamBroker broker,
      ServerCallStreamObserver<BuildImageResponse> caller) {
    this.loop = loop;
    this.broker = broker;
    this.stream = BrokeredStream.bothWays(caller, this::view);
  }

  @Override
  public void onNext(BuildImageRequest message) {
    if (node.isEmpty() != message.hasOrder()) {
      throw StatusMapper.badField(
          "message",
          "value: %s (expected: order first, then context)".formatted(message.getMessageCase()));
    }
    if (message.hasOrder()) {
      open(message.getOrder());
    } else {
      stream.input(Pieces.data("context", message.getContext()));
    }
  }

  private void open(BuildOrder order) {
    Fields.require("", BuildRules.validate(order));
    order.getLoginsList().forEach(ImageRpc::checked);
    ClusterState state = Answers.snapshot(loop).state();
    List<ImageTargets.Chosen> may =
        ImageTargets.of(
            state,
            order.getNode().isEmpty() ? List.of() : List.of(order.getNode()),
            List.of(Kind.KIND_CONTAINER));
    ImageTargets.Chosen one =
        may.stream().filter(each -> each.target().isPresent()).findFirst().orElse(may.getFirst());
    if (one.problem().isPresent()) {
      throw Status.fromCodeValue(one.problem().get().getCode())
          .withDescription(one.node() + ": " + one.problem().get().getMessage())
          .asRuntimeException();
    }
    node = one.node();
    String names =
        order.getTagsCount() == 0
            ? "an image without a name"
            : String.join(" ", order.getTagsList());
    Audit.nodes("build", names, List.of(node));
    broker.open(one.target().orElseThrow(), OpenStream.newBuilder().setImageBuild(order), stream);
  }

  @Override
  public void onError(Throwable cause) {
    // The user left; the stream hears of it by itself.
  }

  @Override
  public void onCompleted() {
    if (node.isEmpty()) {
      throw StatusMapper.badField("message", "none came (expected: order first, then context)");
    }
    stream.endInput();
  }

  private Optional<BuildImageResponse> view(AttachStreamRequest message) {
    BuildImageResponse.Builder view = BuildImageResponse.newBuilder();
    return switch (message.getMessageCase()) {
      case OPENED -> Optional.of(view.setOpened(BuildOpened.newBuilder().setNode(node)).build());
      case DATA -> Optional.of(view.setOutput(message.getData()).build());
      case IMAGE -> Optional.of(view.setImage(message.getImage()).build());
      default -> Optional.empty();
    };
  }
}
