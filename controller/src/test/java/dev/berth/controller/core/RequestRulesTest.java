package dev.berth.controller.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import dev.berth.controller.core.model.Specs;
import dev.berth.v1.CreateTokenRequest;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.DeleteWorkloadRequest;
import dev.berth.v1.Node;
import dev.berth.v1.NodeAvailability;
import dev.berth.v1.StopWorkloadRequest;
import dev.berth.v1.Token;
import dev.berth.v1.UpdateNodeRequest;
import dev.berth.v1.UpdateWorkloadRequest;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RequestRulesTest {
  private static final String REQUEST_ID = "0e4e6ae4-4a4f-4d4d-9a49-0d9a1b6f0001";

  private final CoreWorld world = new CoreWorld(4);

  private static ClusterEvent.CreateWorkload create(
      long r, String requestId, WorkloadSpec.Builder spec) {
    return new ClusterEvent.CreateWorkload(
        r,
        CreateWorkloadRequest.newBuilder()
            .setRequestId(requestId)
            .setWorkload(Workload.newBuilder().setName("web").setSpec(spec))
            .build());
  }

  @Test
  void createsOnceForARepeatedRequest() {
    var first = (Workload) world.succeed(r -> create(r, REQUEST_ID, Specs.service(1)));
    var again = (Workload) world.succeed(r -> create(r, REQUEST_ID, Specs.service(1)));
    assertEquals(first.getUid(), again.getUid());
    assertEquals(
        RefusalCode.ALREADY_EXISTS,
        world.refuse(r -> create(r, REQUEST_ID, Specs.service(2))).code());
    assertEquals(
        RefusalCode.ALREADY_EXISTS, world.refuse(r -> create(r, "", Specs.service(1))).code());
  }

  @Test
  void namesTheFieldsThatAreWrong() {
    Refusal refusal =
        world.refuse(
            r ->
                new ClusterEvent.CreateWorkload(
                    r,
                    CreateWorkloadRequest.newBuilder()
                        .setRequestId("x")
                        .setWorkload(
                            Workload.newBuilder().setName("../Web").setSpec(Specs.service(-1)))
                        .build()));
    assertEquals(RefusalCode.INVALID_ARGUMENT, refusal.code());
    assertEquals(
        List.of("workload.name", "request_id", "workload.spec.replicas"),
        refusal.violations().stream().map(FieldViolation::field).toList());
    assertTrue(world.state().workloads().isEmpty());
  }

  @Test
  void changesNothingWhenOnlyValidating() {
    world.succeed(
        r ->
            new ClusterEvent.CreateWorkload(
                r,
                CreateWorkloadRequest.newBuilder()
                    .setValidateOnly(true)
                    .setWorkload(Workload.newBuilder().setName("web").setSpec(Specs.service(1)))
                    .build()));
    assertTrue(world.state().workloads().isEmpty());
  }

  @Test
  void refusesAStaleEtag() {
    Workload first = world.create("web", Specs.service(1));
    world.succeed(r -> CoreWorld.scaling(r, "web", 2));
    UpdateWorkloadRequest stale =
        UpdateWorkloadRequest.newBuilder()
            .setWorkload(first.toBuilder().setSpec(Specs.service(5)))
            .build();
    assertEquals(
        RefusalCode.ABORTED, world.refuse(r -> new ClusterEvent.UpdateWorkload(r, stale)).code());
  }

  @Test
  void takesOnlyTheFieldsOfTheMask() {
    world.create("web", Specs.service(2).putLabels("a", "1"));
    UpdateWorkloadRequest request =
        UpdateWorkloadRequest.newBuilder()
            .setWorkload(
                Workload.newBuilder()
                    .setName("web")
                    .setSpec(
                        WorkloadSpec.newBuilder()
                            .setContainer(
                                dev.berth.v1.ContainerSpec.newBuilder().setImage("other:2"))))
            .setUpdateMask(FieldMask.newBuilder().addPaths("spec.container.image"))
            .build();
    var updated = (Workload) world.succeed(r -> new ClusterEvent.UpdateWorkload(r, request));
    assertEquals("other:2", updated.getSpec().getContainer().getImage());
    assertEquals(2, updated.getSpec().getReplicas());
    assertEquals("1", updated.getSpec().getLabelsOrThrow("a"));
    assertEquals(2, updated.getRevision());
    UpdateWorkloadRequest unknown =
        request.toBuilder()
            .setUpdateMask(FieldMask.newBuilder().addPaths("spec.nothing").addPaths("uid"))
            .build();
    assertEquals(
        2, world.refuse(r -> new ClusterEvent.UpdateWorkload(r, unknown)).violations().size());
  }

  @Test
  void makesNoRevisionForTheSameSpecOrAnotherNumberOfSlots() {
    world.create("web", Specs.service(1));
    var same = (Workload) world.succeed(r -> CoreWorld.updating(r, "web", Specs.service(1)));
    assertEquals(1, same.getRevision());
    var scaled = (Workload) world.succeed(r -> CoreWorld.updating(r, "web", Specs.service(4)));
    assertEquals(1, scaled.getRevision());
    assertEquals(4, scaled.getSpec().getReplicas());
  }

  @Test
  void deletesWhatRunsOnlyWhenForced() {
    world.node("n1", 4_000, 4_096);
    world.create("web", Specs.service(1));
    DeleteWorkloadRequest polite = DeleteWorkloadRequest.newBuilder().setName("web").build();
    assertEquals(
        RefusalCode.FAILED_PRECONDITION,
        world.refuse(r -> new ClusterEvent.DeleteWorkload(r, polite)).code());
    world.succeed(r -> CoreWorld.stopping(r, "web"));
    world.settle();
    world.succeed(r -> new ClusterEvent.DeleteWorkload(r, polite));
    assertEquals(
        RefusalCode.NOT_FOUND,
        world.refuse(r -> new ClusterEvent.DeleteWorkload(r, polite)).code());
    world.succeed(
        r -> new ClusterEvent.DeleteWorkload(r, polite.toBuilder().setAllowMissing(true).build()));
  }

  @Test
  void refusesSlotsAndGracesOutOfBounds() {
    world.create("web", Specs.service(2));
    assertEquals(
        RefusalCode.INVALID_ARGUMENT, world.refuse(r -> CoreWorld.stopping(r, "web", 3)).code());
    Refusal refusal =
        world.refuse(
            r ->
                new ClusterEvent.StopWorkload(
                    r,
                    StopWorkloadRequest.newBuilder()
                        .setName("web")
                        .setGrace(Duration.newBuilder().setSeconds(-1))
                        .build()));
    assertEquals("grace", refusal.violations().getFirst().field());
    assertEquals(RefusalCode.NOT_FOUND, world.refuse(r -> CoreWorld.stopping(r, "none")).code());
    assertEquals(
        RefusalCode.INVALID_ARGUMENT,
        world.refuse(r -> CoreWorld.scaling(r, "web", 10_001)).code());
  }

  @Test
  void setsSingleLabelsAndCordonsNodes() {
    world.node("n1", 4_000, 4_096);
    Node asked =
        Node.newBuilder()
            .setName("n1")
            .putLabels("zone", "a")
            .setAvailability(NodeAvailability.NODE_AVAILABILITY_CORDONED)
            .build();
    var updated = (Node) world.succeed(r -> updateNode(r, asked, "labels.zone", "availability"));
    assertEquals("a", updated.getLabelsOrThrow("zone"));
    world.create("web", Specs.service(1));
    assertEquals(
        "0 of 1 node fits: 1 cordoned", world.newest("web", 1).message().getStatus().getMessage());
    var cleared =
        (Node)
            world.succeed(
                r -> updateNode(r, Node.newBuilder().setName("n1").build(), "labels.zone"));
    assertEquals(0, cleared.getLabelsCount());
    assertEquals(
        RefusalCode.INVALID_ARGUMENT, world.refuse(r -> updateNode(r, asked, "uid")).code());
    assertEquals(
        RefusalCode.ABORTED,
        world
            .refuse(r -> updateNode(r, asked.toBuilder().setEtag("old").build(), "availability"))
            .code());
  }

  private static ClusterEvent.UpdateNode updateNode(long r, Node node, String... paths) {
    return new ClusterEvent.UpdateNode(
        r,
        UpdateNodeRequest.newBuilder()
            .setNode(node)
            .setUpdateMask(FieldMask.newBuilder().addAllPaths(List.of(paths)))
            .build());
  }

  @Test
  void spendsATokenOnceForItsNodeInItsTime() {
    ByteString digest = ByteString.copyFrom(new byte[32]);
    ByteString wrong = ByteString.copyFrom(new byte[31]).concat(ByteString.copyFromUtf8("x"));
    var token =
        (Token)
            world.succeed(
                r ->
                    new ClusterEvent.CreateToken(
                        r,
                        "abcdefgh12",
                        digest,
                        CreateTokenRequest.newBuilder()
                            .setNode("n1")
                            .setTtl(Duration.newBuilder().setSeconds(60))
                            .build()));
    assertEquals("", token.getSecret());
    for (ByteString secret : List.of(wrong, digest)) {
      String node = secret.equals(wrong) ? "n1" : "n2";
      assertEquals(
          RefusalCode.UNAUTHENTICATED,
          world.refuse(r -> new ClusterEvent.EnrollNode(r, "abcdefgh12", secret, node)).code());
    }
    world.succeed(r -> new ClusterEvent.EnrollNode(r, "abcdefgh12", digest, "n1"));
    assertEquals(
        RefusalCode.UNAUTHENTICATED,
        world.refuse(r -> new ClusterEvent.EnrollNode(r, "abcdefgh12", digest, "n1")).code());
    world.succeed(
        r ->
            new ClusterEvent.CreateToken(
                r,
                "abcdefgh13",
                digest,
                CreateTokenRequest.newBuilder()
                    .setTtl(Duration.newBuilder().setSeconds(60))
                    .build()));
    world.pass(60);
    assertEquals(
        RefusalCode.UNAUTHENTICATED,
        world.refuse(r -> new ClusterEvent.EnrollNode(r, "abcdefgh13", digest, "n3")).code());
    assertTrue(world.state().tokens().isEmpty(), "tokens that ended are dropped");
  }
}
