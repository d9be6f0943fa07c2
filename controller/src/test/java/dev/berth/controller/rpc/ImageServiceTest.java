package dev.berth.controller.rpc;

import static io.grpc.Status.Code.ABORTED;
import static io.grpc.Status.Code.FAILED_PRECONDITION;
import static io.grpc.Status.Code.INVALID_ARGUMENT;
import static io.grpc.Status.Code.NOT_FOUND;
import static io.grpc.Status.Code.PERMISSION_DENIED;
import static io.grpc.Status.Code.UNAVAILABLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.Image;
import dev.berth.v1.ImageImportOrder;
import dev.berth.v1.ImageImportSpec;
import dev.berth.v1.ImageServiceGrpc;
import dev.berth.v1.ImportImageRequest;
import dev.berth.v1.ImportImageResponse;
import dev.berth.v1.ImportProgress;
import dev.berth.v1.InspectImageRequest;
import dev.berth.v1.InspectImageResponse;
import dev.berth.v1.Kind;
import dev.berth.v1.ListImagesRequest;
import dev.berth.v1.ListImagesResponse;
import dev.berth.v1.NodeImages;
import dev.berth.v1.RemoveImageRequest;
import dev.berth.v1.RemoveImageResponse;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
final class ImageServiceTest {
  private static final int PIECE = 256 << 10;
  private static final String DIGEST = "ab".repeat(32);

  @TempDir Path data;
  private RpcHarness harness;
  private FakeAgent first;
  private FakeAgent second;

  @BeforeEach
  void start() throws Exception {
    harness = new RpcHarness(data);
    first = FakeAgent.connected(harness, "n1", "libvirt", Kind.KIND_VM);
    second = FakeAgent.connected(harness, "n2", "libvirt", Kind.KIND_VM);
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  /// A user's side of an import.
  private static final class User {
    final Recorder<ImportImageRequest, ImportImageResponse> got = new Recorder<>();
    final ClientCallStreamObserver<ImportImageRequest> says;

    User(Channel channel) {
      says =
          (ClientCallStreamObserver<ImportImageRequest>)
              ImageServiceGrpc.newStub(channel).importImage(got);
    }

    User order(long bytes, String... nodes) {
      return order(spec().setContentBytes(bytes), nodes);
    }

    User order(ImageImportSpec.Builder spec, String... nodes) {
      says.onNext(
          ImportImageRequest.newBuilder()
              .setOrder(ImageImportOrder.newBuilder().setImage(spec).addAllNodes(List.of(nodes)))
              .build());
      return this;
    }

    User content(int bytes) {
      says.onNext(
          ImportImageRequest.newBuilder().setContent(ByteString.copyFrom(new byte[bytes])).build());
      return this;
    }

    /// What each node said last, when the call ends.
    Map<String, ImportImageResponse> results() throws Exception {
      assertEquals(Status.OK, got.end());
      Map<String, ImportImageResponse> last = new TreeMap<>();
      while (got.waiting() > 0) {
        ImportImageResponse next = got.next();
        last.put(next.getNode(), next);
      }
      return last;
    }
  }

  private static ImageImportSpec.Builder spec() {
    return ImageImportSpec.newBuilder().setName("disk").setSha256(DIGEST);
  }

  private User user() throws Exception {
    return new User(harness.admin());
  }

  private static void done(DialledStream store) {
    store.has(image("disk")).ends();
  }

  private static Image.Builder image(String name) {
    return Image.newBuilder().addNames(name).setSha256(DIGEST);
  }

  @Test
  void carriesContentToAllNodesAndTheirAnswersBack() throws Exception {
    User user = user().order(PIECE + 1);
    DialledStream one = new DialledStream(first);
    DialledStream two = new DialledStream(second);
    assertEquals(DIGEST, one.asked.getImageImport().getSha256());
    user.content(PIECE).content(1);
    user.says.onCompleted();
    for (DialledStream store : List.of(one, two)) {
      assertEquals(PIECE, store.hears.next().getData().size());
      assertEquals(1, store.hears.next().getData().size());
      assertTrue(store.hears.next().hasInputEnd());
      store.says.onNext(
          AttachStreamRequest.newBuilder()
              .setImageProgress(ImportProgress.newBuilder().setCurrentBytes(7))
              .build());
      done(store);
      assertEquals(Status.OK, store.hears.end());
    }
    Map<String, ImportImageResponse> results = user.results();
    assertEquals(List.of("n1", "n2"), List.copyOf(results.keySet()));
    results.values().forEach(each -> assertEquals(DIGEST, each.getImage().getSha256()));
  }

  @Test
  void theSlowestNodeSetsThePaceAndLittleIsKept() throws Exception {
    int pieces = 400;
    User user = user().order((long) pieces * PIECE);
    DialledStream slow = new DialledStream(first, 0);
    DialledStream fast = new DialledStream(second);
    int sent = 0;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
    while (sent < pieces && System.nanoTime() < deadline) {
      if (user.says.isReady()) {
        user.content(PIECE);
        sent++;
      } else {
        Thread.onSpinWait();
      }
    }
    assertTrue(sent < 60, "sent ahead of the slow node: " + sent + " x 256 KiB");
    slow.hears.request(Integer.MAX_VALUE);
    while (sent < pieces) {
      if (user.says.isReady()) {
        user.content(PIECE);
        sent++;
      } else {
        Thread.onSpinWait();
      }
    }
    user.says.onCompleted();
    for (DialledStream store : List.of(slow, fast)) {
      for (int i = 0; i < pieces; i++) {
        assertEquals(PIECE, store.hears.next().getData().size());
      }
      assertTrue(store.hears.next().hasInputEnd());
      done(store);
    }
    user.results().values().forEach(each -> assertTrue(each.hasImage()));
  }

  @Test
  void aNodeThatFailsOrGoesAwayDoesNotStopTheOthers() throws Exception {
    FakeAgent third = FakeAgent.connected(harness, "n3", "libvirt", Kind.KIND_VM);
    User user = user().order(2 * PIECE);
    DialledStream full = new DialledStream(first);
    DialledStream killed = new DialledStream(second);
    DialledStream good = new DialledStream(third);
    user.content(PIECE);
    assertEquals(PIECE, good.hears.next().getData().size());
    full.fails(UNAVAILABLE, "no space left on device");
    killed.hears.cancel();
    user.content(PIECE);
    user.says.onCompleted();
    assertEquals(PIECE, good.hears.next().getData().size());
    assertTrue(good.hears.next().hasInputEnd());
    done(good);
    Map<String, ImportImageResponse> results = user.results();
    assertEquals(
        "no space left on device",
        results
            .getOrDefault("n1", ImportImageResponse.getDefaultInstance())
            .getFailure()
            .getMessage());
    ImportImageResponse gone = results.getOrDefault("n2", ImportImageResponse.getDefaultInstance());
    assertEquals(UNAVAILABLE.value(), gone.getFailure().getCode());
    assertTrue(gone.getFailure().getMessage().contains("went away"), gone.toString());
    assertTrue(results.getOrDefault("n3", gone).hasImage());
  }

  @Test
  void nodesHearThatTheUserHasLeft() throws Exception {
    User user = user().order(2 * PIECE);
    DialledStream one = new DialledStream(first);
    user.content(PIECE);
    DialledStream two = new DialledStream(second);
    assertEquals(PIECE, one.hears.next().getData().size());
    user.got.cancel();
    assertEquals(ABORTED, one.hears.end().getCode());
    assertEquals(ABORTED, two.hears.end().getCode());
  }

  @Test
  void refusesWhatIsOutOfTurnOrOfTheWrongLength() throws Exception {
    assertEquals(INVALID_ARGUMENT, user().content(1).got.end().getCode());
    User silent = user();
    silent.says.onCompleted();
    assertEquals(INVALID_ARGUMENT, silent.got.end().getCode());
    assertEquals(INVALID_ARGUMENT, user().order(0).got.end().getCode());
    assertEquals(
        INVALID_ARGUMENT, user().order(spec().setUrl("file:///etc/shadow")).got.end().getCode());
    User large = user().order(10 * PIECE, "n1");
    DialledStream one = new DialledStream(first);
    assertEquals(INVALID_ARGUMENT, large.content(PIECE + 1).got.end().getCode());
    assertEquals(ABORTED, one.hears.end().getCode());
    User more = user().order(5, "n1");
    DialledStream two = new DialledStream(first);
    assertEquals(INVALID_ARGUMENT, more.content(6).got.end().getCode());
    assertEquals(ABORTED, two.hears.end().getCode());
    User less = user().order(5, "n1").content(4);
    less.says.onCompleted();
    DialledStream three = new DialledStream(first);
    assertEquals(INVALID_ARGUMENT, less.got.end().getCode());
    assertEquals(ABORTED, three.hears.end().getCode());
  }

  @Test
  void nodesFetchFromAUrlByThemselves() throws Exception {
    User user = user().order(spec().setUrl("https://images.example/disk.img"), "n2");
    user.says.onCompleted();
    DialledStream store = new DialledStream(second);
    assertEquals("https://images.example/disk.img", store.asked.getImageImport().getUrl());
    done(store);
    assertEquals(List.of("n2"), List.copyOf(user.results().keySet()));
  }

  @Test
  void meansTheNodesThatAreNamedAndSaysWhatIsWrongWithThem() throws Exception {
    assertEquals(NOT_FOUND, user().order(1, "n1", "nowhere").got.end().getCode());
    var _ = FakeAgent.connected(harness, "plain");
    second.stream.onCompleted();
    assertEquals(Status.OK, second.end());
    User user = user().order(1, "plain", "n2");
    Map<String, ImportImageResponse> results = user.results();
    assertEquals(
        FAILED_PRECONDITION.value(),
        results
            .getOrDefault("plain", ImportImageResponse.getDefaultInstance())
            .getFailure()
            .getCode());
    assertEquals(
        UNAVAILABLE.value(),
        results
            .getOrDefault("n2", ImportImageResponse.getDefaultInstance())
            .getFailure()
            .getCode());
    first.stream.onCompleted();
    assertEquals(Status.OK, first.end());
    assertEquals(FAILED_PRECONDITION, user().order(1).got.end().getCode());
  }

  @Test
  void listsInPagesThatSayWhichIsTheLast() throws Exception {
    Recorder<ListImagesRequest, ListImagesResponse> got = new Recorder<>();
    ImageServiceGrpc.newStub(harness.admin())
        .listImages(ListImagesRequest.newBuilder().addNodes("n1").build(), got);
    DialledStream store = new DialledStream(first);
    assertTrue(store.asked.hasImageList());
    for (int i = 0; i < 101; i++) {
      store.has(image("disk-" + i));
    }
    store.says.onCompleted();
    ListImagesResponse page = got.next();
    assertEquals(100, page.getResult().getImagesCount());
    assertFalse(page.getLast());
    ListImagesResponse last = got.next();
    assertEquals(1, last.getResult().getImagesCount());
    assertTrue(last.getLast());
    assertEquals(Status.OK, got.end());
  }

  @Test
  void inspectsAndRemovesOnEachNode() throws Exception {
    Recorder<InspectImageRequest, InspectImageResponse> seen = new Recorder<>();
    ImageServiceGrpc.newStub(harness.admin())
        .inspectImage(InspectImageRequest.newBuilder().setImage("disk").build(), seen);
    done(new DialledStream(first));
    new DialledStream(second).fails(NOT_FOUND, "no such image");
    assertEquals(Status.OK, seen.end());
    // Whoever answers first is told first.
    Map<String, NodeImages> results =
        Stream.of(seen.next().getResult(), seen.next().getResult())
            .collect(Collectors.toMap(NodeImages::getNode, result -> result));
    NodeImages none = NodeImages.getDefaultInstance();
    assertEquals("disk", results.getOrDefault("n1", none).getImages(0).getNames(0));
    assertEquals(NOT_FOUND.value(), results.getOrDefault("n2", none).getFailure().getCode());
    Recorder<RemoveImageRequest, RemoveImageResponse> removed = new Recorder<>();
    ImageServiceGrpc.newStub(harness.admin())
        .removeImage(
            RemoveImageRequest.newBuilder().setImage("disk").addNodes("n1").build(), removed);
    DialledStream breach = new DialledStream(first);
    breach.says.onCompleted();
    assertEquals(UNAVAILABLE.value(), removed.next().getResult().getFailure().getCode());
    assertEquals(Status.OK, removed.end());
    Recorder<RemoveImageRequest, RemoveImageResponse> refused = new Recorder<>();
    ImageServiceGrpc.newStub(harness.admin())
        .removeImage(RemoveImageRequest.newBuilder().setImage("A B").build(), refused);
    assertEquals(INVALID_ARGUMENT, refused.end().getCode());
  }

  @Test
  void endsAStreamOnWhichAnAgentBreaksTheRules() throws Exception {
    User user = user().order(PIECE, "n1");
    DialledStream store = new DialledStream(first);
    store.says.onNext(
        AttachStreamRequest.newBuilder().setData(ByteString.copyFromUtf8("x")).build());
    assertEquals(FAILED_PRECONDITION, store.hears.end().getCode());
    Map<String, ImportImageResponse> results = user.results();
    assertTrue(results.values().iterator().next().hasFailure(), results.toString());
  }

  @Test
  void refusesAgents() throws Exception {
    assertEquals(PERMISSION_DENIED, new User(first.channel).order(1).got.end().getCode());
  }
}
