package dev.berth.controller.rpc;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.NamespaceRecord;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.controller.security.LoginSeal;
import dev.berth.spec.ImageRules;
import dev.berth.spec.LoginRules;
import dev.berth.spec.Names;
import dev.berth.v1.BuildImageRequest;
import dev.berth.v1.BuildImageResponse;
import dev.berth.v1.CommitInstanceRequest;
import dev.berth.v1.CopyImagesRequest;
import dev.berth.v1.ImageInspectRequest;
import dev.berth.v1.ImageListRequest;
import dev.berth.v1.ImagePruneRequest;
import dev.berth.v1.ImagePullRequest;
import dev.berth.v1.ImagePushRequest;
import dev.berth.v1.ImageRemoveRequest;
import dev.berth.v1.ImageResolveRequest;
import dev.berth.v1.ImageServiceGrpc;
import dev.berth.v1.ImageTagRequest;
import dev.berth.v1.ImportImageRequest;
import dev.berth.v1.ImportImageResponse;
import dev.berth.v1.ImportProgress;
import dev.berth.v1.InspectImageRequest;
import dev.berth.v1.InspectImageResponse;
import dev.berth.v1.Kind;
import dev.berth.v1.ListImagesRequest;
import dev.berth.v1.ListImagesResponse;
import dev.berth.v1.LoadImagesRequest;
import dev.berth.v1.LoadImagesResponse;
import dev.berth.v1.NodeImageWork;
import dev.berth.v1.NodeImages;
import dev.berth.v1.OpenStream;
import dev.berth.v1.PruneImagesRequest;
import dev.berth.v1.PruneImagesResponse;
import dev.berth.v1.PullImageRequest;
import dev.berth.v1.PushImageRequest;
import dev.berth.v1.RegistryLogin;
import dev.berth.v1.RemoveImageRequest;
import dev.berth.v1.RemoveImageResponse;
import dev.berth.v1.ResolveImageRequest;
import dev.berth.v1.SaveImagesRequest;
import dev.berth.v1.SaveImagesResponse;
import dev.berth.v1.TagImageRequest;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/// The images of nodes, through their agents' streams. Nothing of it passes the loop.
final class ImageRpc extends ImageServiceGrpc.ImageServiceImplBase {
  private static final List<Kind> CONTAINERS = List.of(Kind.KIND_CONTAINER);

  private final ControllerLoop loop;
  private final StreamBroker broker;
  private final LoginSeal seal;
  private final ScheduledExecutorService timer;

  ImageRpc(
      ControllerLoop loop, StreamBroker broker, LoginSeal seal, ScheduledExecutorService timer) {
    this.loop = loop;
    this.broker = broker;
    this.seal = seal;
    this.timer = timer;
  }

  @Override
  public void listImages(ListImagesRequest request, StreamObserver<ListImagesResponse> caller) {
    ask(
        request.getNodesList(),
        request.getKindsList(),
        OpenStream.newBuilder()
            .setImageList(ImageListRequest.newBuilder().addAllKinds(request.getKindsList())),
        caller,
        new ImagePages());
  }

  @Override
  public void inspectImage(
      InspectImageRequest request, StreamObserver<InspectImageResponse> caller) {
    Fields.require("image", ImageRules.lookupProblem(request.getImage()));
    ask(
        request.getNodesList(),
        kinds(request.getKind()),
        OpenStream.newBuilder()
            .setImageInspect(
                ImageInspectRequest.newBuilder()
                    .setImage(request.getImage())
                    .setKind(request.getKind())
                    .setHistory(request.getHistory())),
        caller,
        (node, news) ->
            one(node, news)
                .map(result -> InspectImageResponse.newBuilder().setResult(result).build()));
  }

  @Override
  public void removeImage(RemoveImageRequest request, StreamObserver<RemoveImageResponse> caller) {
    Fields.require("image", ImageRules.lookupProblem(request.getImage()));
    Audit.nodes("image rm", request.getImage(), request.getNodesList());
    ask(
        request.getNodesList(),
        kinds(request.getKind()),
        OpenStream.newBuilder()
            .setImageRemove(
                ImageRemoveRequest.newBuilder()
                    .setImage(request.getImage())
                    .setKind(request.getKind())
                    .setForce(request.getForce())),
        caller,
        (node, news) ->
            one(node, news)
                .map(result -> RemoveImageResponse.newBuilder().setResult(result).build()));
  }

  @Override
  public void pullImage(PullImageRequest request, StreamObserver<NodeImageWork> caller) {
    Fields.require("image", imageProblem(request.getImage(), request.getKind(), false));
    ImagePullRequest.Builder pull =
        ImagePullRequest.newBuilder().setImage(request.getImage()).setKind(request.getKind());
    if (request.hasLogin()) {
      pull.setLogin(checked(request.getLogin()));
    }
    Audit.nodes("image pull", request.getImage(), request.getNodesList());
    ask(
        request.getNodesList(),
        List.of(containersUnlessGiven(request.getKind())),
        OpenStream.newBuilder().setImagePull(pull),
        caller,
        ImageRpc::work);
  }

  @Override
  public void pushImage(PushImageRequest request, StreamObserver<NodeImageWork> caller) {
    Fields.require("image", imageProblem(request.getImage(), request.getKind(), true));
    Fields.require("node", Names.nodeProblem(request.getNode()));
    ImagePushRequest.Builder push =
        ImagePushRequest.newBuilder().setImage(request.getImage()).setKind(request.getKind());
    if (request.hasLogin()) {
      push.setLogin(checked(request.getLogin()));
    }
    Audit.nodes("image push", request.getImage(), List.of(request.getNode()));
    ask(
        List.of(request.getNode()),
        List.of(containersUnlessGiven(request.getKind())),
        OpenStream.newBuilder().setImagePush(push),
        caller,
        ImageRpc::work);
  }

  @Override
  public void tagImage(TagImageRequest request, StreamObserver<NodeImageWork> caller) {
    Fields.require("source", ImageRules.lookupProblem(request.getSource()));
    Fields.require("target", ImageRules.tagProblem(request.getTarget()));
    Audit.nodes(
        "image tag", request.getSource() + " as " + request.getTarget(), request.getNodesList());
    ask(
        request.getNodesList(),
        CONTAINERS,
        OpenStream.newBuilder()
            .setImageTag(
                ImageTagRequest.newBuilder()
                    .setSource(request.getSource())
                    .setTarget(request.getTarget())),
        caller,
        ImageRpc::work);
  }

  @Override
  public void resolveImage(ResolveImageRequest request, StreamObserver<NodeImageWork> caller) {
    Fields.require("image", ImageRules.tagProblem(request.getImage()));
    ImageResolveRequest.Builder resolve =
        ImageResolveRequest.newBuilder().setImage(request.getImage());
    if (request.hasLogin()) {
      resolve.setLogin(checked(request.getLogin()));
    } else {
      kept(request.getNamespace(), request.getImage()).ifPresent(resolve::setLogin);
    }
    List<String> named = request.getNode().isEmpty() ? List.of() : List.of(request.getNode());
    List<ImageTargets.Chosen> may =
        ImageTargets.of(Answers.snapshot(loop).state(), named, CONTAINERS);
    ImageTargets.Chosen one =
        may.stream().filter(each -> each.target().isPresent()).findFirst().orElse(may.getFirst());
    new NodeFanOut<>(
            broker, timer, (ServerCallStreamObserver<NodeImageWork>) caller, ImageRpc::work)
        .start(List.of(one), OpenStream.newBuilder().setImageResolve(resolve).build());
  }

  /// The login that a namespace has for the registry of an image.
  private Optional<RegistryLogin> kept(String name, String image) {
    String server = ImageRules.registryOf(image);
    NamespaceRecord namespace = Answers.snapshot(loop).state().namespace(name);
    return Optional.ofNullable(namespace)
        .flatMap(each -> Optional.ofNullable(each.logins().get(server)))
        .flatMap(login -> seal.open(name, server, login.sealed()));
  }

  @Override
  public void commitInstance(CommitInstanceRequest request, StreamObserver<NodeImageWork> caller) {
    CommitOrder order = CommitOrder.of(loop, request);
    new NodeFanOut<>(
            broker, timer, (ServerCallStreamObserver<NodeImageWork>) caller, ImageRpc::work)
        .start(List.of(order.node()), order.asked());
  }

  @Override
  public void pruneImages(PruneImagesRequest request, StreamObserver<PruneImagesResponse> caller) {
    if (request.getUntil().getSeconds() < 0) {
      throw StatusMapper.badField("until", "value: negative (expected: 0 or more)");
    }
    Audit.nodes("image prune", request.getAll() ? "all" : "without a name", request.getNodesList());
    ask(
        request.getNodesList(),
        CONTAINERS,
        OpenStream.newBuilder()
            .setImagePrune(
                ImagePruneRequest.newBuilder()
                    .setAll(request.getAll())
                    .setUntil(request.getUntil())),
        caller,
        ImageRpc::pruned);
  }

  @Override
  public void saveImages(SaveImagesRequest request, StreamObserver<SaveImagesResponse> caller) {
    SavedImages saved = SavedImages.of(loop, "node", request.getNode(), request.getImagesList());
    Audit.nodes("image save", saved.names(), List.of(request.getNode()));
    broker.open(
        saved.source(),
        saved.asked(),
        BrokeredStream.toUser(
            (ServerCallStreamObserver<SaveImagesResponse>) caller,
            message ->
                message.hasData()
                    ? Optional.of(
                        SaveImagesResponse.newBuilder().setData(message.getData()).build())
                    : Optional.empty()));
  }

  @Override
  public StreamObserver<LoadImagesRequest> loadImages(StreamObserver<LoadImagesResponse> caller) {
    return new LoadCall(loop, broker, timer, (ServerCallStreamObserver<LoadImagesResponse>) caller);
  }

  @Override
  public void copyImages(CopyImagesRequest request, StreamObserver<LoadImagesResponse> caller) {
    SavedImages saved =
        SavedImages.of(loop, "source", request.getSource(), request.getImagesList());
    List<ImageTargets.Chosen> targets =
        LoadCall.targets(loop, request.getNodesList()).stream()
            .filter(each -> !each.node().equals(request.getSource()))
            .toList();
    Audit.nodes(
        "image copy", saved.names() + " of node " + request.getSource(), request.getNodesList());
    NodeFanOut<LoadImagesResponse> nodes =
        new NodeFanOut<>(
            broker, timer, (ServerCallStreamObserver<LoadImagesResponse>) caller, LoadCall::view);
    new CopySource(saved.source().node(), nodes).start(broker, saved, targets);
  }

  @Override
  public StreamObserver<BuildImageRequest> buildImage(StreamObserver<BuildImageResponse> caller) {
    return new BuildCall(loop, broker, (ServerCallStreamObserver<BuildImageResponse>) caller);
  }

  @Override
  public StreamObserver<ImportImageRequest> importImage(
      StreamObserver<ImportImageResponse> caller) {
    return new ImportCall(
        loop, broker, timer, (ServerCallStreamObserver<ImportImageResponse>) caller);
  }

  private <A> void ask(
      List<String> nodes,
      List<Kind> kinds,
      OpenStream.Builder question,
      StreamObserver<A> caller,
      NodeFanOut.View<A> view) {
    ClusterState state = Answers.snapshot(loop).state();
    List<ImageTargets.Chosen> chosen = ImageTargets.of(state, nodes, kinds);
    new NodeFanOut<>(broker, timer, (ServerCallStreamObserver<A>) caller, view)
        .start(chosen, question.build());
  }

  private static List<Kind> kinds(Kind kind) {
    return kind == Kind.KIND_UNSPECIFIED ? List.of() : List.of(kind);
  }

  private static Kind containersUnlessGiven(Kind kind) {
    return kind == Kind.KIND_UNSPECIFIED ? Kind.KIND_CONTAINER : kind;
  }

  private static @Nullable String imageProblem(String image, Kind kind, boolean toPush) {
    String problem = toPush ? ImageRules.tagProblem(image) : Names.imageProblem(image);
    return problem == null && kind == Kind.KIND_VM ? ImageRules.referenceProblem(image) : problem;
  }

  static RegistryLogin checked(RegistryLogin login) {
    Fields.require("login.", LoginRules.validateGiven(login));
    return login;
  }

  private static Optional<NodeImages> one(String node, NodeNews news) {
    NodeImages.Builder result = NodeImages.newBuilder().setNode(node);
    return switch (news) {
      case NodeNews.Found(var found) -> Optional.of(result.addImages(found).build());
      case NodeNews.Failed(var failure) -> Optional.of(result.setFailure(failure).build());
      default -> Optional.empty();
    };
  }

  private static Optional<NodeImageWork> work(String node, NodeNews news) {
    NodeImageWork.Builder work = NodeImageWork.newBuilder().setNode(node);
    return switch (news) {
      case NodeNews.Begun() ->
          Optional.of(work.setProgress(ImportProgress.getDefaultInstance()).build());
      case NodeNews.Progress(var progress) -> Optional.of(work.setProgress(progress).build());
      case NodeNews.Found(var found) -> Optional.of(work.setImage(found).build());
      case NodeNews.Failed(var failure) -> Optional.of(work.setFailure(failure).build());
      default -> Optional.empty();
    };
  }

  private static Optional<PruneImagesResponse> pruned(String node, NodeNews news) {
    PruneImagesResponse.Builder result = PruneImagesResponse.newBuilder().setNode(node);
    return switch (news) {
      case NodeNews.Removed(var removal) -> Optional.of(result.setRemoval(removal).build());
      case NodeNews.Failed(var failure) -> Optional.of(result.setFailure(failure).build());
      default -> Optional.empty();
    };
  }
}
