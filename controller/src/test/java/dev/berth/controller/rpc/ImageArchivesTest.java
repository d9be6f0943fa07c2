package dev.berth.controller.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.BuildImageRequest;
import dev.berth.v1.BuildImageResponse;
import dev.berth.v1.BuildOrder;
import dev.berth.v1.CopyImagesRequest;
import dev.berth.v1.ImageServiceGrpc;
import dev.berth.v1.Kind;
import dev.berth.v1.LoadImagesRequest;
import dev.berth.v1.LoadImagesResponse;
import dev.berth.v1.LoadOrder;
import dev.berth.v1.SaveImagesRequest;
import dev.berth.v1.SaveImagesResponse;
import dev.berth.v1.StreamOpened;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Archives and contexts on their way between callers and agents, over real gRPC.
@Timeout(120)
final class ImageArchivesTest {
  @TempDir Path data;
  private RpcHarness harness;
  private FakeAgent first;
  private FakeAgent second;

  @BeforeEach
  void start() throws Exception {
    harness = new RpcHarness(data);
    first = FakeAgent.connected(harness, "n1", "docker", Kind.KIND_CONTAINER, "images");
    second = FakeAgent.connected(harness, "n2", "docker", Kind.KIND_CONTAINER, "images");
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  private ImageServiceGrpc.ImageServiceStub images() throws Exception {
    return ImageServiceGrpc.newStub(harness.admin());
  }

  private static List<String> told(Recorder<?, LoadImagesResponse> got) throws Exception {
    assertEquals(Status.Code.OK, got.end().getCode());
    List<String> told = new ArrayList<>();
    while (got.waiting() > 0) {
      LoadImagesResponse next = got.next();
      switch (next.getStateCase()) {
        case IMAGE -> told.add(next.getNode() + " has " + next.getImage().getNames(0));
        case FAILURE -> told.add(next.getNode() + " fails: " + next.getFailure().getMessage());
        case DONE -> told.add(next.getNode() + " is done");
        case PROGRESS, STATE_NOT_SET -> {}
      }
    }
    return told.stream().sorted().toList();
  }

  @Test
  void savesWhatANodeSendsToItsEnd() throws Exception {
    Recorder<SaveImagesRequest, SaveImagesResponse> got = new Recorder<>();
    images()
        .saveImages(SaveImagesRequest.newBuilder().addImages("shop:1").setNode("n2").build(), got);
    DialledStream node = new DialledStream(second);
    assertEquals(List.of("shop:1"), node.asked.getImageSave().getImagesList());
    node.data("one ").data("two").ends();
    assertEquals("one ", got.next().getData().toStringUtf8());
    assertEquals("two", got.next().getData().toStringUtf8());
    assertEquals(Status.Code.OK, got.end().getCode());
    for (SaveImagesRequest wrong :
        List.of(
            SaveImagesRequest.newBuilder().setNode("n1").build(),
            SaveImagesRequest.newBuilder().addImages("shop").build(),
            SaveImagesRequest.newBuilder().addImages("A B").setNode("n1").build())) {
      Recorder<SaveImagesRequest, SaveImagesResponse> refused = new Recorder<>();
      images().saveImages(wrong, refused);
      assertEquals(Status.Code.INVALID_ARGUMENT, refused.end().getCode());
    }
  }

  @Test
  void anArchiveGoesToAllNodesAndOneThatFailsStopsNoOther() throws Exception {
    Recorder<LoadImagesRequest, LoadImagesResponse> got = new Recorder<>();
    StreamObserver<LoadImagesRequest> call = images().loadImages(got);
    call.onNext(LoadImagesRequest.newBuilder().setOrder(LoadOrder.getDefaultInstance()).build());
    DialledStream one = new DialledStream(first);
    DialledStream two = new DialledStream(second);
    call.onNext(LoadImagesRequest.newBuilder().setData(ByteString.copyFromUtf8("archive")).build());
    call.onCompleted();
    assertEquals("archive", one.input());
    assertEquals("archive", two.input());
    one.has("shop:1").has("shop:2").ends();
    two.fails(Status.Code.UNAVAILABLE, "no space left");
    assertEquals(
        List.of("n1 has shop:1", "n1 has shop:2", "n1 is done", "n2 fails: no space left"),
        told(got));
  }

  @Test
  void imagesGoFromOneNodeToTheOthers() throws Exception {
    Recorder<CopyImagesRequest, LoadImagesResponse> got = new Recorder<>();
    images()
        .copyImages(
            CopyImagesRequest.newBuilder().addImages("shop:1").setSource("n1").build(), got);
    DialledStream source = new DialledStream(first);
    DialledStream target = new DialledStream(second);
    assertTrue(source.asked.hasImageSave() && target.asked.hasImageLoad());
    for (int i = 0; i < 100; i++) {
      source.data("piece ");
    }
    source.ends();
    assertEquals("piece ".repeat(100), target.input());
    target.has("shop:1").ends();
    assertEquals(List.of("n2 has shop:1", "n2 is done"), told(got));
  }

  @Test
  void aSourceThatFailsIsToldOfEachTargetAndEndsIt() throws Exception {
    Recorder<CopyImagesRequest, LoadImagesResponse> got = new Recorder<>();
    images()
        .copyImages(
            CopyImagesRequest.newBuilder()
                .addImages("shop:1")
                .setSource("n1")
                .addNodes("n1")
                .addNodes("n2")
                .build(),
            got);
    DialledStream source = new DialledStream(first);
    DialledStream target = new DialledStream(second);
    source.data("half");
    assertEquals("half", target.hears.next().getData().toStringUtf8());
    source.fails(Status.Code.UNAVAILABLE, "its daemon went away");
    assertEquals(
        List.of("n2 fails: it comes from node n1, and that has failed: its daemon went away"),
        told(got));
    assertEquals(Status.Code.OK, target.hears.end().getCode(), "without an end of its content");
  }

  @Test
  void aBuildTakesAContextAndTellsWhatItSaysAndThenTheImage() throws Exception {
    Recorder<BuildImageRequest, BuildImageResponse> got = new Recorder<>();
    StreamObserver<BuildImageRequest> call = images().buildImage(got);
    call.onNext(
        BuildImageRequest.newBuilder()
            .setOrder(BuildOrder.newBuilder().setNode("n2").addTags("shop:1"))
            .build());
    DialledStream node = new DialledStream(second);
    assertEquals(List.of("shop:1"), node.asked.getImageBuild().getTagsList());
    node.says.onNext(
        AttachStreamRequest.newBuilder().setOpened(StreamOpened.getDefaultInstance()).build());
    assertEquals("n2", got.next().getOpened().getNode());
    call.onNext(
        BuildImageRequest.newBuilder().setContext(ByteString.copyFromUtf8("context")).build());
    call.onCompleted();
    assertEquals("context", node.input());
    node.data("Step 1/1\n").has("shop:1").ends();
    assertEquals("Step 1/1\n", got.next().getOutput().toStringUtf8());
    assertEquals("shop:1", got.next().getImage().getNames(0));
    assertEquals(Status.Code.OK, got.end().getCode());
  }

  @Test
  void aCallerWhoLeavesEndsTheBuildOnTheNode() throws Exception {
    Recorder<BuildImageRequest, BuildImageResponse> got = new Recorder<>();
    var call = (ClientCallStreamObserver<BuildImageRequest>) images().buildImage(got);
    call.onNext(
        BuildImageRequest.newBuilder().setOrder(BuildOrder.newBuilder().setNode("n2")).build());
    DialledStream node = new DialledStream(second);
    node.says.onNext(
        AttachStreamRequest.newBuilder().setOpened(StreamOpened.getDefaultInstance()).build());
    assertTrue(got.next().hasOpened());
    call.cancel("Ctrl-C", null);
    assertEquals(Status.Code.ABORTED, node.hears.end().getCode());
  }

  @Test
  void anOrderThatCannotBeIsRefusedBeforeANodeIsAsked() throws Exception {
    for (BuildImageRequest wrong :
        List.of(
            BuildImageRequest.newBuilder().setContext(ByteString.copyFromUtf8("x")).build(),
            BuildImageRequest.newBuilder().setOrder(BuildOrder.newBuilder().addTags("A B")).build(),
            BuildImageRequest.newBuilder()
                .setOrder(BuildOrder.newBuilder().putBuildArgs("A", "x".repeat(300_000)))
                .build())) {
      Recorder<BuildImageRequest, BuildImageResponse> refused = new Recorder<>();
      images().buildImage(refused).onNext(wrong);
      assertEquals(Status.Code.INVALID_ARGUMENT, refused.end().getCode());
    }
    Recorder<BuildImageRequest, BuildImageResponse> nowhere = new Recorder<>();
    images()
        .buildImage(nowhere)
        .onNext(
            BuildImageRequest.newBuilder().setOrder(BuildOrder.newBuilder().setNode("n9")).build());
    assertEquals(Status.Code.NOT_FOUND, nowhere.end().getCode());
  }
}
