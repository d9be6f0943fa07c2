package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import dev.berth.e2e.harness.AgentProcess;
import dev.berth.e2e.harness.Berthed;
import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.CommandResult;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.Repository;
import dev.berth.e2e.harness.Runtimes;
import dev.berth.v1.GetInstanceRequest;
import dev.berth.v1.ImageImportOrder;
import dev.berth.v1.ImageImportSpec;
import dev.berth.v1.ImageServiceGrpc;
import dev.berth.v1.ImportImageRequest;
import dev.berth.v1.ImportImageResponse;
import dev.berth.v1.InstanceState;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Disk images that come to nodes through the API, on two hosts with a libvirtd each.
class ImageServiceIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER =
      new ClusterFixture(ClusterPlan.of(Runtimes.LIBVIRT, Runtimes.LIBVIRT));

  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final int PIECE = 256 << 10;
  private static Path disk = Path.of("");
  private static String digest = "";

  @BeforeAll
  static void buildDemoGuest() throws Exception {
    disk = CLUSTER.get().work().directory("image").resolve("demo-vm.qcow2");
    String build = Repository.root().resolve("deploy/images/build").toString();
    var _ = Command.of(build, "disk", disk.toString()).within(LIMIT).output();
    digest =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(disk)));
  }

  private static CommandResult berth(String... words) {
    return CLUSTER.get().cli().command(words).within(LIMIT).run();
  }

  private static Path store(Berthed host) {
    return host.agent().pki().resolveSibling("images");
  }

  private static long files(Path directory) {
    try (Stream<Path> all = Files.list(directory)) {
      return all.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aFileComesToBothNodesIsSeenThroughRunsAndIsRemoved() {
    Cluster cluster = CLUSTER.get();
    String imported = berth("image", "import", "--vm", disk.toString()).requireSuccess();
    for (Berthed host : cluster.hosts()) {
      assertTrue(imported.contains(host.name() + ": demo-vm, qcow2 of "), imported);
      assertTrue(Files.exists(store(host).resolve("blobs").resolve(digest)));
    }
    String seen = berth("image", "inspect", "demo-vm").requireSuccess();
    for (String part :
        new String[] {
          "Format: qcow2",
          "Boot loader: GRUB 2",
          "Partition table: MBR",
          "Signature: 0x55 0xaa",
          "FAT"
        }) {
      assertTrue(seen.replaceAll(" +", " ").contains(part), part + " in\n" + seen);
    }
    assertTrue(berth("image", "ls").requireSuccess().contains("demo-vm"));
    var _ =
        berth("run", "-d", "--kind=vm", "--name=guest", "-m", "256m", "demo-vm").requireSuccess();
    var _ =
        Eventually.within(
            LIMIT,
            "the guest runs",
            () ->
                cluster
                    .api()
                    .instances()
                    .getInstance(GetInstanceRequest.newBuilder().setInstance("guest.1").build()),
            guest -> guest.getStatus().getState() == InstanceState.INSTANCE_STATE_RUNNING);
    CommandResult used = berth("image", "rm", "demo-vm");
    assertEquals(1, used.exitCode(), used.toString());
    assertTrue(used.err().contains("machine needs it"), used.toString());
    var _ = berth("rm", "-f", "guest").requireSuccess();
    var _ =
        Eventually.within(
            LIMIT,
            "the image is removed where the guest was",
            () -> berth("image", "rm", "demo-vm"),
            removed -> cluster.hosts().stream().noneMatch(ImageServiceIT::has));
    assertNotEquals(0, berth("image", "inspect", "demo-vm").exitCode());
  }

  private static boolean has(Berthed host) {
    return Files.exists(store(host).resolve("blobs").resolve(digest));
  }

  @Test
  void nodesFetchFromAUrlAndRefuseWhatIsNotWhatWasSaid() throws Exception {
    Cluster cluster = CLUSTER.get();
    byte[] content = new byte[3 << 20];
    content[510] = 0x55;
    content[511] = (byte) 0xaa;
    String right = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    String wrong = "00".repeat(32);
    HttpServer server = HttpServer.create(new InetSocketAddress(cluster.quay().address(), 0), 0);
    server.createContext(
        "/plain.img",
        exchange -> {
          exchange.sendResponseHeaders(200, content.length);
          exchange.getResponseBody().write(content);
          exchange.close();
        });
    server.start();
    try {
      String url =
          "http://" + cluster.quay().address() + ":" + server.getAddress().getPort() + "/plain.img";
      CommandResult refused = berth("image", "import", "--vm", "--sha256", wrong, url);
      assertEquals(1, refused.exitCode(), refused.toString());
      for (Berthed host : cluster.hosts()) {
        assertTrue(refused.err().contains(host.name() + ": "), refused.toString());
        assertTrue(refused.err().contains("sha256: " + right), refused.toString());
        assertTrue(Files.notExists(store(host).resolve("blobs").resolve(right)));
        assertTrue(Files.notExists(store(host).resolve("names/plain")));
        assertEquals(0, files(store(host).resolve("partial")));
      }
      var _ = berth("image", "import", "--vm", "--sha256", right, url).requireSuccess();
      for (Berthed host : cluster.hosts()) {
        assertTrue(Files.exists(store(host).resolve("blobs").resolve(right)));
      }
      var _ = berth("image", "rm", "plain").requireSuccess();
    } finally {
      server.stop(0);
    }
  }

  @Test
  void anAgentThatIsKilledInTheMiddleDoesNotStopTheOther() throws Exception {
    Cluster cluster = CLUSTER.get();
    byte[] content = Arrays.copyOf(new byte[] {1}, 4 * PIECE);
    Berthed killed = cluster.hosts().get(1);
    AgentProcess agent = killed.agent();
    Answers answers = new Answers();
    StreamObserver<ImportImageRequest> call =
        ImageServiceGrpc.newStub(cluster.api().channel()).importImage(answers);
    call.onNext(
        ImportImageRequest.newBuilder()
            .setOrder(
                ImageImportOrder.newBuilder()
                    .setImage(
                        ImageImportSpec.newBuilder()
                            .setName("half")
                            .setSha256(
                                HexFormat.of()
                                    .formatHex(
                                        MessageDigest.getInstance("SHA-256").digest(content)))
                            .setContentBytes(content.length)))
            .build());
    call.onNext(piece(content, 0));
    var _ =
        Eventually.until(
            "it is under way", () -> files(store(killed).resolve("partial")), count -> count > 0);
    agent.kill();
    for (int i = 1; i < 4; i++) {
      call.onNext(piece(content, i * PIECE));
    }
    call.onCompleted();
    try {
      assertEquals(Status.OK, answers.end.get(LIMIT.toSeconds(), TimeUnit.SECONDS));
      ImportImageResponse failed = answers.of(killed.name());
      assertEquals(Status.Code.UNAVAILABLE.value(), failed.getFailure().getCode());
      assertTrue(failed.getFailure().getMessage().contains("went away"), failed.toString());
      assertTrue(answers.of(cluster.hosts().getFirst().name()).hasImage());
    } finally {
      agent.restart();
    }
    assertEquals(0, files(store(killed).resolve("partial")));
    assertTrue(Files.notExists(store(killed).resolve("names/half")));
  }

  private static ImportImageRequest piece(byte[] content, int offset) {
    return ImportImageRequest.newBuilder()
        .setContent(ByteString.copyFrom(content, offset, PIECE))
        .build();
  }

  /// What each node said last, and how the call ended.
  private static final class Answers implements StreamObserver<ImportImageResponse> {
    final CompletableFuture<Status> end = new CompletableFuture<>();
    private final Map<String, ImportImageResponse> last = new ConcurrentHashMap<>();

    ImportImageResponse of(String node) {
      return last.getOrDefault(node, ImportImageResponse.getDefaultInstance());
    }

    @Override
    public void onNext(ImportImageResponse message) {
      last.put(message.getNode(), message);
    }

    @Override
    public void onError(Throwable cause) {
      end.complete(Status.fromThrowable(cause));
    }

    @Override
    public void onCompleted() {
      end.complete(Status.OK);
    }
  }
}
