package dev.berth.agent.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.ContainerImages;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.ImageArchives;
import dev.berth.agent.driver.ImageBuilder;
import dev.berth.agent.driver.PrepareListener;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import dev.berth.client.ControllerAddress;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.BuildOrder;
import dev.berth.v1.Image;
import dev.berth.v1.ImageInspectRequest;
import dev.berth.v1.ImageListRequest;
import dev.berth.v1.ImageLoadRequest;
import dev.berth.v1.ImagePruneRequest;
import dev.berth.v1.ImagePullRequest;
import dev.berth.v1.ImagePushRequest;
import dev.berth.v1.ImageRemoval;
import dev.berth.v1.ImageRemoveRequest;
import dev.berth.v1.ImageResolveRequest;
import dev.berth.v1.ImageSaveRequest;
import dev.berth.v1.ImageStep;
import dev.berth.v1.ImageTagRequest;
import dev.berth.v1.InputEnd;
import dev.berth.v1.Kind;
import dev.berth.v1.OpenStream;
import dev.berth.v1.PullProgress;
import dev.berth.v1.RegistryLogin;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The images of a node's containers, as a controller gets at them over real gRPC.
@Timeout(120)
final class ContainerImageStreamsTest {
  private static final RegistryLogin LOGIN =
      RegistryLogin.newBuilder().setServer("h:5").setUsername("ann").setPassword("s3cret").build();

  private FakeController controller;
  private Dialler.Connection connection;
  private final OneImage runtime = new OneImage();
  private InstanceStreams streams;

  @BeforeEach
  void open() throws IOException {
    controller = new FakeController();
    connection = controller.dial(new ControllerAddress("127.0.0.1", controller.port()));
    streams = streams(new HostImages(Optional.empty(), Optional.of(runtime)));
  }

  @AfterEach
  void close() {
    connection.close();
    controller.close();
  }

  private static InstanceStreams streams(HostImages images) {
    return new InstanceStreams(
        new NoLogs(),
        (_, _) -> {
          throw new IllegalStateException("no consoles here");
        },
        new NoCapabilities(),
        images,
        Optional.empty(),
        Threads.virtual(),
        AgentClock.system());
  }

  /// An archive of two and a half pieces; takes one with two images.
  private static final class OneArchive implements ImageArchives {
    final byte[] content = new byte[80 << 10];
    final CountDownLatch closed = new CountDownLatch(1);
    volatile byte[] taken = new byte[0];

    @Override
    public Archive save(List<String> images) throws DriverException {
      if (images.contains("nobody")) {
        throw DriverException.permanent(ContainerImages.MISSING, "no such image", null);
      }
      Arrays.fill(content, (byte) 7);
      return new Archive() {
        @Override
        public InputStream bytes() {
          return new ByteArrayInputStream(content);
        }

        @Override
        public void close() {
          closed.countDown();
        }
      };
    }

    @Override
    public List<Image> load(InputStream archive) throws DriverException {
      try {
        taken = archive.readAllBytes();
      } catch (IOException e) {
        throw DriverException.retryable("LoadFailed", "the load broke off", e);
      }
      return List.of(OneImage.image("shop:1"), OneImage.image("shop:2"));
    }
  }

  /// A build that tells what it was given, in more than a piece.
  private static final class OneBuild implements ImageBuilder {
    final CountDownLatch ended = new CountDownLatch(1);

    @Override
    public Image build(BuildOrder order, InputStream context, Output output)
        throws DriverException {
      try {
        int bytes = context.readAllBytes().length;
        if (order.getTags(0).equals("fails:1")) {
          throw DriverException.permanent(FAILED, "a step failed", null);
        }
        boolean _ = output.say("step\n".repeat(8 << 10) + bytes + " bytes");
        return OneImage.image(order.getTags(0));
      } catch (IOException | InterruptedException e) {
        ended.countDown();
        throw DriverException.retryable("Interrupted", "it was interrupted", e);
      }
    }
  }

  /// A runtime with one image.
  private static final class OneImage implements ContainerImages {
    final CountDownLatch hanging = new CountDownLatch(1);
    final CountDownLatch ended = new CountDownLatch(1);
    final OneArchive archives = new OneArchive();
    final OneBuild builder = new OneBuild();
    volatile Optional<RegistryLogin> login = Optional.empty();

    private static Image image(String name) {
      return Image.newBuilder().setKind(Kind.KIND_CONTAINER).addNames(name).build();
    }

    @Override
    public List<Image> list() {
      return List.of(image("shop:1"));
    }

    @Override
    public Image inspect(String image) throws DriverException {
      if (image.equals("nobody")) {
        throw DriverException.permanent(MISSING, "no such image", null);
      }
      return image(image);
    }

    @Override
    public List<ImageStep> history(String image) {
      return List.of(ImageStep.newBuilder().setCreatedBy("RUN of " + image).build());
    }

    @Override
    public ImageArchives archives() {
      return archives;
    }

    @Override
    public ImageBuilder builder() {
      return builder;
    }

    @Override
    public Image pull(String image, Optional<RegistryLogin> by, PrepareListener listener)
        throws DriverException {
      login = by;
      if (image.equals("hangs")) {
        hanging.countDown();
        try {
          new CountDownLatch(1).await();
        } catch (InterruptedException e) {
          ended.countDown();
          throw DriverException.retryable("Interrupted", "it was interrupted", e);
        }
      }
      if (image.equals("private")) {
        throw DriverException.permanent(LOGIN_REFUSED, "log in", null);
      }
      listener.pulling(PullProgress.newBuilder().setCurrentBytes(1).setTotalBytes(2).build());
      return image(image);
    }

    @Override
    public Image push(String image, Optional<RegistryLogin> by, PrepareListener listener)
        throws DriverException {
      return pull(image, by, listener);
    }

    @Override
    public Image resolve(String image, Optional<RegistryLogin> by) {
      login = by;
      return image(image);
    }

    @Override
    public Image tag(String image, String target) {
      return image(target);
    }

    @Override
    public Image remove(String image, boolean force) throws DriverException {
      if (!force) {
        throw DriverException.permanent(IN_USE, "a container needs it", null);
      }
      return image(image);
    }

    @Override
    public ImageRemoval prune(boolean all, Duration until) {
      return ImageRemoval.newBuilder().addUntagged(all + " " + until).build();
    }
  }

  private FakeController.AttachedPeer serve(InstanceStreams by, OpenStream.Builder request)
      throws Exception {
    by.serve(request.setStreamId("stream-1").build(), connection.channel());
    FakeController.AttachedPeer peer = controller.nextStream();
    assertEquals("stream-1", peer.next().getStreamId());
    return peer;
  }

  private AttachStreamRequest ask(OpenStream.Builder request) throws Exception {
    return last(serve(streams, request));
  }

  private static AttachStreamRequest last(FakeController.AttachedPeer peer) throws Exception {
    AttachStreamRequest next = peer.next();
    while (next.hasImageProgress()) {
      assertEquals(2, next.getImageProgress().getTotalBytes());
      next = peer.next();
    }
    assertEquals("completed", peer.awaitEnd());
    return next;
  }

  private static OpenStream.Builder pull(String image) {
    return OpenStream.newBuilder()
        .setImagePull(ImagePullRequest.newBuilder().setImage(image).setLogin(LOGIN));
  }

  private static OpenStream.Builder remove(boolean force) {
    return OpenStream.newBuilder()
        .setImageRemove(
            ImageRemoveRequest.newBuilder()
                .setImage("shop:1")
                .setKind(Kind.KIND_CONTAINER)
                .setForce(force));
  }

  private static void say(FakeController.AttachedPeer peer, byte[] content) {
    peer.say(AttachStreamResponse.newBuilder().setData(ByteString.copyFrom(content)).build());
  }

  private static void end(FakeController.AttachedPeer peer) {
    peer.say(AttachStreamResponse.newBuilder().setInputEnd(InputEnd.getDefaultInstance()).build());
  }

  @Test
  void anArchiveGoesOutInPiecesAndIsClosed() throws Exception {
    FakeController.AttachedPeer peer =
        serve(
            streams,
            OpenStream.newBuilder().setImageSave(ImageSaveRequest.newBuilder().addImages("a")));
    ByteString all = ByteString.EMPTY;
    while (all.size() < 80 << 10) {
      ByteString piece = peer.next().getData();
      assertTrue(!piece.isEmpty() && piece.size() <= 32 << 10, "" + piece.size());
      all = all.concat(piece);
    }
    assertEquals("completed", peer.awaitEnd());
    assertEquals(ByteString.copyFrom(runtime.archives.content), all);
    runtime.archives.closed.await();
    FakeController.AttachedPeer missing =
        serve(
            streams,
            OpenStream.newBuilder()
                .setImageSave(ImageSaveRequest.newBuilder().addImages("nobody")));
    assertEquals(Status.Code.NOT_FOUND.value(), missing.next().getFailure().getCode());
  }

  @Test
  void anArchiveIsLoadedWhenAllOfItCameAndNotWhenItBreaksOff() throws Exception {
    FakeController.AttachedPeer peer =
        serve(streams, OpenStream.newBuilder().setImageLoad(ImageLoadRequest.getDefaultInstance()));
    say(peer, new byte[] {1, 2});
    say(peer, new byte[] {3});
    end(peer);
    AttachStreamRequest next = peer.next();
    while (next.hasImageProgress()) {
      next = peer.next();
    }
    assertEquals("shop:1", next.getImage().getNames(0));
    assertEquals("shop:2", peer.next().getImage().getNames(0));
    assertEquals("completed", peer.awaitEnd());
    assertEquals(3, runtime.archives.taken.length);
  }

  @Test
  void whatABuilderSaysComesInPiecesAndThenTheImage() throws Exception {
    FakeController.AttachedPeer peer =
        serve(
            streams,
            OpenStream.newBuilder().setImageBuild(BuildOrder.newBuilder().addTags("shop:1")));
    assertTrue(peer.next().hasOpened());
    say(peer, new byte[] {1, 2});
    end(peer);
    StringBuilder said = new StringBuilder();
    AttachStreamRequest next = peer.next();
    while (next.hasData()) {
      said.append(next.getData().toStringUtf8());
      next = peer.next();
    }
    assertTrue(said.toString().endsWith("step\n2 bytes"), said.substring(said.length() - 20));
    assertEquals("shop:1", next.getImage().getNames(0));
    assertEquals("completed", peer.awaitEnd());
    FakeController.AttachedPeer failing =
        serve(
            streams,
            OpenStream.newBuilder().setImageBuild(BuildOrder.newBuilder().addTags("fails:1")));
    assertTrue(failing.next().hasOpened());
    end(failing);
    assertEquals(Status.Code.FAILED_PRECONDITION.value(), failing.next().getFailure().getCode());
  }

  @Test
  void pullsAndPushesAsTheOneWhoAsked() throws Exception {
    assertEquals("shop:1", ask(pull("shop:1")).getImage().getNames(0));
    assertEquals(Optional.of(LOGIN), runtime.login);
    AttachStreamRequest pushed =
        ask(OpenStream.newBuilder().setImagePush(ImagePushRequest.newBuilder().setImage("shop:2")));
    assertEquals("shop:2", pushed.getImage().getNames(0));
    assertEquals(Optional.empty(), runtime.login);
    ImageResolveRequest resolve =
        ImageResolveRequest.newBuilder().setImage("shop:3").setLogin(LOGIN).build();
    assertEquals(
        "shop:3", ask(OpenStream.newBuilder().setImageResolve(resolve)).getImage().getNames(0));
    assertEquals(Optional.of(LOGIN), runtime.login);
    assertEquals(Status.Code.UNAUTHENTICATED.value(), ask(pull("private")).getFailure().getCode());
  }

  @Test
  void aLeaverEndsAPull() throws Exception {
    FakeController.AttachedPeer peer = serve(streams, pull("hangs"));
    runtime.hanging.await();
    peer.leave();
    runtime.ended.await();
  }

  @Test
  void listsInspectsTagsRemovesAndPrunes() throws Exception {
    ImageListRequest both =
        ImageListRequest.newBuilder().addKinds(Kind.KIND_CONTAINER).addKinds(Kind.KIND_VM).build();
    assertEquals("shop:1", ask(OpenStream.newBuilder().setImageList(both)).getImage().getNames(0));
    ImageInspectRequest nobody =
        ImageInspectRequest.newBuilder().setImage("nobody").setKind(Kind.KIND_CONTAINER).build();
    assertEquals(
        Status.Code.NOT_FOUND.value(),
        ask(OpenStream.newBuilder().setImageInspect(nobody)).getFailure().getCode());
    ImageTagRequest tag =
        ImageTagRequest.newBuilder().setSource("shop:1").setTarget("shop:3").build();
    assertEquals("shop:3", ask(OpenStream.newBuilder().setImageTag(tag)).getImage().getNames(0));
    assertEquals(
        Status.Code.FAILED_PRECONDITION.value(), ask(remove(false)).getFailure().getCode());
    assertEquals("shop:1", ask(remove(true)).getImage().getNames(0));
    ImagePruneRequest prune =
        ImagePruneRequest.newBuilder()
            .setAll(true)
            .setUntil(com.google.protobuf.Duration.newBuilder().setSeconds(5))
            .build();
    assertEquals(
        "true PT5S",
        ask(OpenStream.newBuilder().setImagePrune(prune)).getImageRemoval().getUntagged(0));
  }

  @Test
  void aNodeWithoutContainersOrMachinesSaysWhichItLacks() throws Exception {
    AttachStreamRequest none = last(serve(streams(HostImages.none()), pull("shop:1")));
    assertEquals(Status.Code.FAILED_PRECONDITION.value(), none.getFailure().getCode());
    assertTrue(none.getFailure().getMessage().contains("no runtime for containers"));
    ImageListRequest disks = ImageListRequest.getDefaultInstance();
    assertTrue(
        ask(OpenStream.newBuilder().setImageList(disks))
            .getFailure()
            .getMessage()
            .contains("runs no virtual machines"));
  }
}
