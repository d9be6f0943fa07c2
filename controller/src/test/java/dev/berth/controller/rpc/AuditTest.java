package dev.berth.controller.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.berth.v1.ImageImportOrder;
import dev.berth.v1.ImageImportSpec;
import dev.berth.v1.ImageServiceGrpc;
import dev.berth.v1.ImportImageRequest;
import dev.berth.v1.ImportImageResponse;
import dev.berth.v1.Kind;
import dev.berth.v1.PruneImagesRequest;
import dev.berth.v1.PullImageRequest;
import dev.berth.v1.PushImageRequest;
import dev.berth.v1.RegistryLogin;
import dev.berth.v1.RemoveImageRequest;
import dev.berth.v1.TagImageRequest;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Who changes the images of nodes stands in the log, and no secret does.
@Timeout(120)
final class AuditTest {
  private static final RegistryLogin LOGIN =
      RegistryLogin.newBuilder().setServer("h:5").setUsername("ann").setPassword("s3cret").build();

  @TempDir Path data;
  private AuditLines lines;
  private RpcHarness harness;

  @BeforeEach
  void start() throws Exception {
    harness = new RpcHarness(data);
    var _ = FakeAgent.connected(harness, "n1", "docker", Kind.KIND_CONTAINER, "images");
    var _ = FakeAgent.connected(harness, "n2", "libvirt", Kind.KIND_VM);
    lines = AuditLines.listen();
  }

  @AfterEach
  void stop() {
    lines.close();
    harness.close();
  }

  private void assertSaid(String what, String of) throws InterruptedException {
    String line = lines.next();
    assertFalse(line.contains("s3cret"), line);
    assertEquals(what + ": " + of, line.replaceFirst(" by [^:]+:", ":"));
  }

  @Test
  void eachChangeOfImagesIsSaidWithWhereItIs() throws Exception {
    ImageServiceGrpc.ImageServiceStub images = ImageServiceGrpc.newStub(harness.admin());
    images.removeImage(RemoveImageRequest.newBuilder().setImage("shop").build(), new Recorder<>());
    assertSaid("image rm", "shop on all nodes that can");
    images.pullImage(
        PullImageRequest.newBuilder().setImage("h:5/shop:1").setLogin(LOGIN).addNodes("n1").build(),
        new Recorder<>());
    assertSaid("image pull", "h:5/shop:1 on n1");
    images.pushImage(
        PushImageRequest.newBuilder().setImage("h:5/shop:1").setLogin(LOGIN).setNode("n1").build(),
        new Recorder<>());
    assertSaid("image push", "h:5/shop:1 on n1");
    images.tagImage(
        TagImageRequest.newBuilder().setSource("shop").setTarget("shop:2").build(),
        new Recorder<>());
    assertSaid("image tag", "shop as shop:2 on all nodes that can");
    images.pruneImages(PruneImagesRequest.newBuilder().setAll(true).build(), new Recorder<>());
    assertSaid("image prune", "all on all nodes that can");
    images
        .importImage(new Recorder<ImportImageRequest, ImportImageResponse>())
        .onNext(
            ImportImageRequest.newBuilder()
                .setOrder(
                    ImageImportOrder.newBuilder()
                        .setImage(
                            ImageImportSpec.newBuilder()
                                .setName("disk")
                                .setSha256("ab".repeat(32))
                                .setUrl("https://example.org/disk.img?token=s3cret")))
                .build());
    assertSaid("image import", "disk on all nodes that can");
  }
}
