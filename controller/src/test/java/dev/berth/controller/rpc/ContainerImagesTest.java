package dev.berth.controller.rpc;

import static io.grpc.Status.Code.FAILED_PRECONDITION;
import static io.grpc.Status.Code.INVALID_ARGUMENT;
import static io.grpc.Status.Code.NOT_FOUND;
import static io.grpc.Status.Code.UNAUTHENTICATED;
import static io.grpc.Status.Code.UNIMPLEMENTED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Duration;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.ImageRemoval;
import dev.berth.v1.ImageServiceGrpc;
import dev.berth.v1.ImportProgress;
import dev.berth.v1.Kind;
import dev.berth.v1.ListImagesRequest;
import dev.berth.v1.ListImagesResponse;
import dev.berth.v1.NodeImageWork;
import dev.berth.v1.PruneImagesRequest;
import dev.berth.v1.PruneImagesResponse;
import dev.berth.v1.PullImageRequest;
import dev.berth.v1.PushImageRequest;
import dev.berth.v1.RegistryLogin;
import dev.berth.v1.RemoveImageRequest;
import dev.berth.v1.RemoveImageResponse;
import dev.berth.v1.ResolveImageRequest;
import dev.berth.v1.TagImageRequest;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
final class ContainerImagesTest {
  private static final RegistryLogin LOGIN =
      RegistryLogin.newBuilder().setServer("h:5").setUsername("ann").setPassword("s3cret").build();

  @TempDir Path data;
  private RpcHarness harness;
  private FakeAgent first;
  private FakeAgent second;

  @BeforeEach
  void start() throws Exception {
    harness = new RpcHarness(data);
    first = FakeAgent.connected(harness, "n1", "some", Kind.KIND_CONTAINER, "images");
    second = FakeAgent.connected(harness, "n2", "some", Kind.KIND_CONTAINER, "images");
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  /// An agent has such an image, and nothing more to say.
  private static DialledStream has(FakeAgent agent, String image) throws Exception {
    DialledStream stream = new DialledStream(agent).has(image);
    stream.ends();
    return stream;
  }

  private ImageServiceGrpc.ImageServiceStub images() throws Exception {
    return ImageServiceGrpc.newStub(harness.admin());
  }

  private static Map<String, NodeImageWork> results(Recorder<?, NodeImageWork> got)
      throws Exception {
    assertEquals(Status.OK, got.end());
    Map<String, NodeImageWork> last = new TreeMap<>();
    while (got.waiting() > 0) {
      NodeImageWork next = got.next();
      last.put(next.getNode(), next);
    }
    return last;
  }

  private Recorder<PullImageRequest, NodeImageWork> pull(PullImageRequest.Builder request)
      throws Exception {
    Recorder<PullImageRequest, NodeImageWork> got = new Recorder<>();
    images().pullImage(request.build(), got);
    return got;
  }

  @Test
  void eachNodePullsWithTheLoginAndTellsHowFarItIs() throws Exception {
    Recorder<PullImageRequest, NodeImageWork> got =
        pull(PullImageRequest.newBuilder().setImage("h:5/shop:1").setLogin(LOGIN));
    DialledStream one = new DialledStream(first);
    DialledStream two = new DialledStream(second);
    assertEquals("h:5/shop:1", one.asked.getImagePull().getImage());
    assertEquals(LOGIN, two.asked.getImagePull().getLogin());
    one.says.onNext(
        AttachStreamRequest.newBuilder()
            .setImageProgress(ImportProgress.newBuilder().setCurrentBytes(7))
            .build());
    one.has("h:5/shop:1").ends();
    two.fails(UNAUTHENTICATED, "log in");
    Map<String, NodeImageWork> results = results(got);
    NodeImageWork none = NodeImageWork.getDefaultInstance();
    assertEquals("h:5/shop:1", results.getOrDefault("n1", none).getImage().getNames(0));
    assertEquals(UNAUTHENTICATED.value(), results.getOrDefault("n2", none).getFailure().getCode());
  }

  @Test
  void aRefusalOfALoginDoesNotRepeatIt() throws Exception {
    RegistryLogin huge = LOGIN.toBuilder().setPassword("s3cret".repeat(2000)).build();
    Status refused = pull(PullImageRequest.newBuilder().setImage("shop").setLogin(huge)).end();
    assertEquals(INVALID_ARGUMENT, refused.getCode());
    assertFalse(String.valueOf(refused.getDescription()).contains("s3cret"), refused.toString());
    assertEquals(
        INVALID_ARGUMENT, pull(PullImageRequest.newBuilder().setImage("A B")).end().getCode());
  }

  @Test
  void pushesFromTheNodeThatIsNamed() throws Exception {
    Recorder<PushImageRequest, NodeImageWork> got = new Recorder<>();
    images().pushImage(PushImageRequest.newBuilder().setImage("shop:1").setNode("n2").build(), got);
    DialledStream runtime = has(second, "shop:1");
    assertFalse(runtime.asked.getImagePush().hasLogin());
    assertEquals(List.of("n2"), List.copyOf(results(got).keySet()));
    Recorder<PushImageRequest, NodeImageWork> nowhere = new Recorder<>();
    images().pushImage(PushImageRequest.newBuilder().setImage("shop:1").build(), nowhere);
    assertEquals(INVALID_ARGUMENT, nowhere.end().getCode());
  }

  @Test
  void tagsAndRemovesImagesOfContainers() throws Exception {
    Recorder<TagImageRequest, NodeImageWork> tagged = new Recorder<>();
    images()
        .tagImage(
            TagImageRequest.newBuilder()
                .setSource("shop:1")
                .setTarget("shop:2")
                .addNodes("n1")
                .build(),
            tagged);
    assertEquals("shop:2", has(first, "shop:2").asked.getImageTag().getTarget());
    assertEquals(1, results(tagged).size());
    Recorder<TagImageRequest, NodeImageWork> wrong = new Recorder<>();
    images()
        .tagImage(
            TagImageRequest.newBuilder().setSource("a").setTarget("b@sha256:1").build(), wrong);
    assertEquals(INVALID_ARGUMENT, wrong.end().getCode());
    Recorder<RemoveImageRequest, RemoveImageResponse> removed = new Recorder<>();
    images()
        .removeImage(
            RemoveImageRequest.newBuilder()
                .setImage("shop:1")
                .setKind(Kind.KIND_CONTAINER)
                .setForce(true)
                .addNodes("n1")
                .build(),
            removed);
    assertTrue(has(first, "shop:1").asked.getImageRemove().getForce());
    assertEquals("shop:1", removed.next().getResult().getImages(0).getNames(0));
  }

  @Test
  void asksOneNodeWhichDigestANameMeans() throws Exception {
    Recorder<ResolveImageRequest, NodeImageWork> got = new Recorder<>();
    images()
        .resolveImage(
            ResolveImageRequest.newBuilder().setImage("shop:1").setLogin(LOGIN).build(), got);
    DialledStream side = has(first, "shop:1");
    assertEquals(LOGIN, side.asked.getImageResolve().getLogin());
    assertEquals(List.of("n1"), List.copyOf(results(got).keySet()));
    Recorder<ResolveImageRequest, NodeImageWork> named = new Recorder<>();
    images()
        .resolveImage(
            ResolveImageRequest.newBuilder().setImage("shop:1").setNode("n2").build(), named);
    var _ = has(second, "shop:1");
    assertEquals(List.of("n2"), List.copyOf(results(named).keySet()));
  }

  @Test
  void prunesAndTellsWhatIsGone() throws Exception {
    Recorder<PruneImagesRequest, PruneImagesResponse> got = new Recorder<>();
    images()
        .pruneImages(
            PruneImagesRequest.newBuilder()
                .setAll(true)
                .setUntil(Duration.newBuilder().setSeconds(60))
                .addNodes("n1")
                .build(),
            got);
    DialledStream runtime = new DialledStream(first);
    assertTrue(runtime.asked.getImagePrune().getAll());
    assertEquals(60, runtime.asked.getImagePrune().getUntil().getSeconds());
    runtime.says.onNext(
        AttachStreamRequest.newBuilder()
            .setImageRemoval(ImageRemoval.newBuilder().setReclaimedBytes(9))
            .build());
    runtime.says.onCompleted();
    assertEquals(9, got.next().getRemoval().getReclaimedBytes());
    assertEquals(Status.OK, got.end());
  }

  @Test
  void asksNodesForTheKindsThatTheyCanHave() throws Exception {
    FakeAgent machines = FakeAgent.connected(harness, "n3", "some", Kind.KIND_VM);
    Recorder<ListImagesRequest, ListImagesResponse> both = new Recorder<>();
    images()
        .listImages(
            ListImagesRequest.newBuilder()
                .addKinds(Kind.KIND_CONTAINER)
                .addKinds(Kind.KIND_VM)
                .build(),
            both);
    for (FakeAgent each : List.of(first, second, machines)) {
      assertEquals(2, has(each, "shop").asked.getImageList().getKindsCount());
    }
    assertEquals(Status.OK, both.end());
    Recorder<PullImageRequest, NodeImageWork> pull =
        pull(PullImageRequest.newBuilder().setImage("shop").addNodes("n3"));
    assertEquals(
        FAILED_PRECONDITION.value(),
        results(pull).values().iterator().next().getFailure().getCode());
    Recorder<ListImagesRequest, ListImagesResponse> wrong = new Recorder<>();
    images().listImages(ListImagesRequest.newBuilder().addKinds(Kind.KIND_PROCESS).build(), wrong);
    assertEquals(INVALID_ARGUMENT, wrong.end().getCode());
  }

  @Test
  void anAgentThatIsTooOldIsToldApart() throws Exception {
    var _ = FakeAgent.connected(harness, "old", "some", Kind.KIND_CONTAINER, "logs");
    Map<String, NodeImageWork> results =
        results(pull(PullImageRequest.newBuilder().setImage("shop").addNodes("old")));
    assertEquals(UNIMPLEMENTED.value(), results.values().iterator().next().getFailure().getCode());
    assertEquals(
        NOT_FOUND,
        pull(PullImageRequest.newBuilder().setImage("shop").addNodes("nowhere")).end().getCode());
  }
}
