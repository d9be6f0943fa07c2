package dev.berth.agent.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.ContainerImages;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.image.DiskRegistries;
import dev.berth.agent.image.ImageProgress;
import dev.berth.agent.image.ImageSource;
import dev.berth.agent.image.ImageStore;
import dev.berth.agent.image.MachineDisks;
import dev.berth.agent.image.NodeImages;
import dev.berth.agent.image.StoredImage;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import dev.berth.client.ControllerAddress;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.AttachStreamResponse;
import dev.berth.v1.Image;
import dev.berth.v1.ImageImportSpec;
import dev.berth.v1.ImageInspectRequest;
import dev.berth.v1.ImageListRequest;
import dev.berth.v1.ImagePullRequest;
import dev.berth.v1.ImagePushRequest;
import dev.berth.v1.ImageRemoveRequest;
import dev.berth.v1.InputEnd;
import dev.berth.v1.Kind;
import dev.berth.v1.OpenStream;
import dev.berth.v1.RegistryLogin;
import dev.berth.v1.StreamFailure;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The images of a node, as a controller gets at them over real gRPC.
@Timeout(120)
final class ImageStreamsTest {
  private static final int PIECE = 256 << 10;

  @TempDir Path directory;
  private FakeController controller;
  private Dialler.Connection connection;
  private NodeImages images;
  private InstanceStreams streams;
  private volatile ImageSource urls =
      _ -> {
        throw new IOException("nobody answers");
      };

  private final Registries registries = new Registries();

  /// Registries that have what the test's source has, and take everything.
  private final class Registries implements DiskRegistries {
    volatile Optional<RegistryLogin> login = Optional.empty();
    volatile String pushed = "";
    volatile Optional<String> known = Optional.empty();

    @Override
    public ImageSource as(Optional<RegistryLogin> by) {
      login = by;
      return url -> urls.open(url);
    }

    @Override
    public Optional<String> digest(String reference, Optional<RegistryLogin> by) {
      return known;
    }

    @Override
    public String push(
        String reference,
        StoredImage image,
        String format,
        Optional<RegistryLogin> by,
        ImageProgress progress) {
      login = by;
      pushed = reference + " " + format + " " + image.digest();
      return "ab".repeat(32);
    }
  }

  @BeforeEach
  void open() throws IOException {
    controller = new FakeController();
    connection = controller.dial(new ControllerAddress("127.0.0.1", controller.port()));
    ImageSource source = url -> urls.open(url);
    ImageStore store = ImageStore.open(directory.resolve("images"), source, InstantSource.system());
    images =
        new NodeImages(store, source, registries, new MachineDisks(directory.resolve("machines")));
    streams = streams(Optional.of(images));
  }

  @AfterEach
  void close() {
    connection.close();
    controller.close();
  }

  private static InstanceStreams streams(Optional<NodeImages> disks) {
    return streams(new HostImages(disks, Optional.empty()));
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

  /// A raw disk with a master boot record that has a signature and no partitions.
  private static byte[] disk(int bytes) {
    byte[] disk = new byte[bytes];
    disk[510] = 0x55;
    disk[511] = (byte) 0xaa;
    return disk;
  }

  private static String sha256(byte[] content) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
  }

  private static ImageImportSpec.Builder spec(byte[] content) throws Exception {
    return ImageImportSpec.newBuilder()
        .setName("team/disk:1")
        .setSha256(sha256(content))
        .setContentBytes(content.length);
  }

  private FakeController.AttachedPeer serve(OpenStream.Builder request) throws Exception {
    return serve(streams, request);
  }

  private FakeController.AttachedPeer serve(InstanceStreams by, OpenStream.Builder request)
      throws Exception {
    by.serve(request.setStreamId("stream-1").build(), connection.channel());
    FakeController.AttachedPeer peer = controller.nextStream();
    assertEquals("stream-1", peer.next().getStreamId());
    return peer;
  }

  private FakeController.AttachedPeer serve(ImageImportSpec.Builder spec) throws Exception {
    return serve(OpenStream.newBuilder().setImageImport(spec));
  }

  private static void say(FakeController.AttachedPeer peer, byte[] content) {
    for (int at = 0; at < content.length; at += PIECE) {
      int count = Math.min(PIECE, content.length - at);
      peer.say(
          AttachStreamResponse.newBuilder()
              .setData(ByteString.copyFrom(content, at, count))
              .build());
    }
  }

  private static void end(FakeController.AttachedPeer peer) {
    peer.say(AttachStreamResponse.newBuilder().setInputEnd(InputEnd.getDefaultInstance()).build());
  }

  private static AttachStreamRequest last(FakeController.AttachedPeer peer) throws Exception {
    AttachStreamRequest next = peer.next();
    while (next.hasImageProgress()) {
      next = peer.next();
    }
    assertEquals("completed", peer.awaitEnd());
    return next;
  }

  private Image imported(byte[] content) throws Exception {
    FakeController.AttachedPeer peer = serve(spec(content));
    say(peer, content);
    end(peer);
    return last(peer).getImage();
  }

  private StreamFailure failed(FakeController.AttachedPeer peer, Status.Code code)
      throws Exception {
    StreamFailure failure = last(peer).getFailure();
    assertEquals(code.value(), failure.getCode(), failure.getMessage());
    return failure;
  }

  private long files(String part) throws IOException {
    try (Stream<Path> all = Files.list(directory.resolve("images").resolve(part))) {
      return all.count();
    }
  }

  private void assertNothingIsLeft() throws IOException {
    assertEquals(0, files("blobs"));
    assertEquals(0, files("names"));
    assertEquals(0, files("partial"));
  }

  @Test
  void aDiskIsPulledAndPushedByItsReferenceWithTheCallersLogin() throws Exception {
    byte[] content = disk(4096);
    RegistryLogin login =
        RegistryLogin.newBuilder().setServer("h:5").setUsername("ann").setPassword("s").build();
    urls = _ -> new ImageSource.Opened(new ByteArrayInputStream(content), content.length);
    FakeController.AttachedPeer pull =
        serve(
            OpenStream.newBuilder()
                .setImagePull(
                    ImagePullRequest.newBuilder()
                        .setImage("h:5/team/disk:1")
                        .setKind(Kind.KIND_VM)
                        .setLogin(login)));
    Image pulled = last(pull).getImage();
    assertEquals(sha256(content), pulled.getSha256());
    assertEquals(List.of("h:5/team/disk:1"), pulled.getNamesList());
    assertEquals(Optional.of(login), registries.login);
    registries.known = Optional.of(sha256(content));
    urls =
        _ -> {
          throw new IOException("what is here is not fetched again");
        };
    FakeController.AttachedPeer again =
        serve(
            OpenStream.newBuilder()
                .setImagePull(
                    ImagePullRequest.newBuilder()
                        .setImage("h:5/team/disk:2")
                        .setKind(Kind.KIND_VM)));
    assertEquals(
        List.of("h:5/team/disk:1", "h:5/team/disk:2"), last(again).getImage().getNamesList());
    FakeController.AttachedPeer push =
        serve(
            OpenStream.newBuilder()
                .setImagePush(
                    ImagePushRequest.newBuilder()
                        .setImage("h:5/team/disk:1")
                        .setKind(Kind.KIND_VM)));
    Image pushed = last(push).getImage();
    assertEquals(
        List.of("h:5/team/disk@sha256:" + "ab".repeat(32)), pushed.getContainer().getDigestsList());
    assertEquals("h:5/team/disk:1 raw " + sha256(content), registries.pushed);
    assertEquals(Optional.empty(), registries.login);
  }

  @Test
  void takesContentAndShowsWhatIsInIt() throws Exception {
    byte[] content = disk(3 * PIECE + 512);
    Image image = imported(content);
    assertEquals(List.of("team/disk:1"), image.getNamesList());
    assertEquals(sha256(content), image.getSha256());
    assertEquals("raw", image.getDisk().getFormat());
    assertEquals(content.length, image.getDisk().getVirtualSizeBytes());
    assertEquals(ByteString.copyFrom(content, 0, 512), image.getDisk().getMbr().getSector());
    assertEquals(0, files("partial"));
    Image inspected =
        last(serve(
                OpenStream.newBuilder()
                    .setImageInspect(
                        ImageInspectRequest.newBuilder()
                            .setImage(sha256(content).substring(0, 8)))))
            .getImage();
    assertEquals(image.getDisk(), inspected.getDisk());
  }

  @Test
  void refusesAnotherDigestMoreOrLessContentAndWhatIsNoDisk() throws Exception {
    byte[] content = disk(PIECE);
    FakeController.AttachedPeer other = serve(spec(content).setSha256("00".repeat(32)));
    say(other, content);
    end(other);
    String message = failed(other, Status.Code.FAILED_PRECONDITION).getMessage();
    assertTrue(message.contains(sha256(content)), message);
    FakeController.AttachedPeer less = serve(spec(content).setContentBytes(PIECE + 1));
    say(less, content);
    end(less);
    var _ = failed(less, Status.Code.UNAVAILABLE);
    FakeController.AttachedPeer more = serve(spec(content).setContentBytes(PIECE - 1));
    say(more, content);
    end(more);
    var _ = failed(more, Status.Code.UNAVAILABLE);
    byte[] zipped = new byte[1024];
    zipped[0] = 0x1f;
    zipped[1] = (byte) 0x8b;
    zipped[2] = 8;
    FakeController.AttachedPeer archive = serve(spec(zipped));
    say(archive, zipped);
    end(archive);
    String found = failed(archive, Status.Code.FAILED_PRECONDITION).getMessage();
    assertTrue(found.contains("compressed by gzip"), found);
    assertNothingIsLeft();
  }

  @Test
  void keepsNothingWhenTheSenderLeavesInTheMiddle() throws Exception {
    byte[] content = disk(2 * PIECE);
    FakeController.AttachedPeer peer = serve(spec(content));
    peer.say(
        AttachStreamResponse.newBuilder().setData(ByteString.copyFrom(content, 0, PIECE)).build());
    while (files("partial") == 0) {
      Thread.onSpinWait();
    }
    peer.leave();
    while (files("partial") > 0) {
      Thread.onSpinWait();
    }
    assertNothingIsLeft();
  }

  @Test
  void aLeaverEndsAFetchThatHangs() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    urls =
        _ -> {
          asked.countDown();
          try {
            new CountDownLatch(1).await();
          } finally {
            interrupted.countDown();
          }
          throw new IOException("not reached");
        };
    FakeController.AttachedPeer peer =
        serve(spec(disk(512)).setUrl("https://images.example/disk.img"));
    asked.await();
    peer.leave();
    interrupted.await();
    assertNothingIsLeft();
  }

  @Test
  void fetchesFromAUrlByItself() throws Exception {
    byte[] content = disk(5 << 20);
    urls = _ -> new ImageSource.Opened(new ByteArrayInputStream(content), content.length);
    FakeController.AttachedPeer peer =
        serve(spec(content).setUrl("https://images.example/disk.img"));
    AttachStreamRequest message = peer.next();
    // Progress that the other end does not take at once is left out.
    while (message.hasImageProgress()) {
      assertEquals(content.length, message.getImageProgress().getTotalBytes());
      message = peer.next();
    }
    assertEquals(sha256(content), message.getImage().getSha256());
    urls =
        _ -> {
          throw new IOException("nobody answers");
        };
    // It is here already: nobody is asked.
    Image again =
        last(serve(spec(content).setName("again").setUrl("https://other.example/disk.img")))
            .getImage();
    assertEquals(List.of("again", "team/disk:1"), again.getNamesList());
  }

  @Test
  void listsAndRemovesWhatNoMachineNeeds() throws Exception {
    byte[] content = disk(1024);
    Image image = imported(content);
    Path machine =
        Files.createDirectories(
            directory.resolve("machines").resolve("11111111-2222-3333-4444-555555555555"));
    MachineDisks.note(machine, List.of(Path.of(image.getSha256())));
    FakeController.AttachedPeer listing =
        serve(OpenStream.newBuilder().setImageList(ImageListRequest.getDefaultInstance()));
    Image listed = last(listing).getImage();
    assertEquals(List.of("11111111222233334444555555555555"), listed.getUsedByList());
    assertEquals(1024, listed.getSizeBytes());
    OpenStream.Builder removal =
        OpenStream.newBuilder()
            .setImageRemove(ImageRemoveRequest.newBuilder().setImage("team/disk:1"));
    String refusal = failed(serve(removal), Status.Code.FAILED_PRECONDITION).getMessage();
    assertTrue(refusal.contains("11111111222233334444555555555555"), refusal);
    Files.delete(machine.resolve("images"));
    assertEquals(image.getSha256(), last(serve(removal)).getImage().getSha256());
    assertNothingIsLeft();
    var _ = failed(serve(removal), Status.Code.NOT_FOUND);
  }

  @Test
  void takesFourImportsAtOnceAndNoMore() throws Exception {
    List<FakeController.AttachedPeer> peers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      peers.add(serve(spec(disk(PIECE))));
    }
    while (files("partial") < 4) {
      Thread.onSpinWait();
    }
    var _ = failed(serve(spec(disk(PIECE))), Status.Code.RESOURCE_EXHAUSTED);
    peers.forEach(FakeController.AttachedPeer::leave);
  }

  @Test
  void refusesWhatNoControllerAsksFor() throws Exception {
    FakeController.AttachedPeer peer = serve(spec(disk(512)).setSha256("../../etc/passwd"));
    var _ = failed(peer, Status.Code.FAILED_PRECONDITION);
    assertNothingIsLeft();
  }

  @Test
  void aHostOfMachinesWithoutDockerListsItsDisks() throws Exception {
    byte[] content = disk(1024);
    var _ = imported(content);
    ContainerImages away =
        (ContainerImages)
            Proxy.newProxyInstance(
                ContainerImages.class.getClassLoader(),
                new Class<?>[] {ContainerImages.class},
                (_, _, _) -> {
                  throw DriverException.retryable("RuntimeUnavailable", "docker is away", null);
                });
    InstanceStreams both = streams(new HostImages(Optional.of(images), Optional.of(away)));
    ImageListRequest.Builder kinds = ImageListRequest.newBuilder().addKinds(Kind.KIND_CONTAINER);
    StreamFailure alone =
        failed(serve(both, OpenStream.newBuilder().setImageList(kinds)), Status.Code.UNAVAILABLE);
    assertEquals("docker is away", alone.getMessage());
    kinds.addKinds(Kind.KIND_VM);
    AttachStreamRequest listed = last(serve(both, OpenStream.newBuilder().setImageList(kinds)));
    assertEquals(sha256(content), listed.getImage().getSha256());
  }

  @Test
  void aNodeWithoutMachinesSaysSo() throws Exception {
    FakeController.AttachedPeer peer =
        serve(streams(Optional.empty()), OpenStream.newBuilder().setImageImport(spec(disk(512))));
    String message = failed(peer, Status.Code.FAILED_PRECONDITION).getMessage();
    assertTrue(message.contains("runs no virtual machines"), message);
  }
}
