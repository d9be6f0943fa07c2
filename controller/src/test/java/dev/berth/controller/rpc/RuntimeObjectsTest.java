package dev.berth.controller.rpc;

import static io.grpc.Status.Code.ALREADY_EXISTS;
import static io.grpc.Status.Code.FAILED_PRECONDITION;
import static io.grpc.Status.Code.INVALID_ARGUMENT;
import static io.grpc.Status.Code.UNIMPLEMENTED;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.CreateNetworkRequest;
import dev.berth.v1.CreateVolumeRequest;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.Kind;
import dev.berth.v1.ListNetworksRequest;
import dev.berth.v1.ListNetworksResponse;
import dev.berth.v1.ListVolumesRequest;
import dev.berth.v1.ListVolumesResponse;
import dev.berth.v1.Mount;
import dev.berth.v1.Network;
import dev.berth.v1.NetworkServiceGrpc;
import dev.berth.v1.NetworkSpec;
import dev.berth.v1.NodeNetwork;
import dev.berth.v1.NodeVolume;
import dev.berth.v1.OpenSessionResponse;
import dev.berth.v1.PruneVolumesRequest;
import dev.berth.v1.PruneVolumesResponse;
import dev.berth.v1.RemoveNetworkRequest;
import dev.berth.v1.RemoveVolumeRequest;
import dev.berth.v1.Volume;
import dev.berth.v1.VolumeRemoval;
import dev.berth.v1.VolumeServiceGrpc;
import dev.berth.v1.VolumeSpec;
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

/// Volumes and networks of nodes, over real gRPC with agents that do what a test says.
@Timeout(240)
final class RuntimeObjectsTest {
  @TempDir Path data;
  private RpcHarness harness;
  private FakeAgent first;

  @BeforeEach
  void start() throws Exception {
    harness = new RpcHarness(data);
    first =
        FakeAgent.connected(harness, "n1", "docker", Kind.KIND_CONTAINER, "volumes", "networks");
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  private static AttachStreamRequest.Builder volume(String name) {
    return AttachStreamRequest.newBuilder().setVolume(Volume.newBuilder().setName(name));
  }

  private static AttachStreamRequest.Builder network(String name) {
    return AttachStreamRequest.newBuilder().setNetwork(Network.newBuilder().setName(name));
  }

  private VolumeServiceGrpc.VolumeServiceStub volumes() throws Exception {
    return VolumeServiceGrpc.newStub(harness.admin());
  }

  private NetworkServiceGrpc.NetworkServiceStub networks() throws Exception {
    return NetworkServiceGrpc.newStub(harness.admin());
  }

  /// A service with a slot on the first node that mounts "data" and joins "shop".
  private void runsDb() throws Exception {
    CreateWorkloadRequest.Builder db = RpcHarness.service("db", 1).toBuilder();
    db.getWorkloadBuilder()
        .getSpecBuilder()
        .addMounts(Mount.newBuilder().setTarget("/data").setVolume("data"))
        .getContainerBuilder()
        .setNetwork("shop");
    var _ = harness.workloads().createWorkload(db.build());
    first.await(OpenSessionResponse::hasAssignmentChange);
  }

  private static Map<String, NodeVolume> byNode(Recorder<?, NodeVolume> got) throws Exception {
    assertEquals(Status.OK, got.end());
    Map<String, NodeVolume> all = new TreeMap<>();
    while (got.waiting() > 0) {
      NodeVolume next = got.next();
      all.put(next.getNode(), next);
    }
    return all;
  }

  private static NodeVolume of(String node, Map<String, NodeVolume> all) {
    return requireNonNull(all.get(node), node);
  }

  @Test
  void listsComeInPagesAndNameTheWorkloadsThatMountAVolume() throws Exception {
    runsDb();
    Recorder<ListVolumesRequest, ListVolumesResponse> got = new Recorder<>();
    volumes().listVolumes(ListVolumesRequest.getDefaultInstance(), got);
    DialledStream side = new DialledStream(first);
    assertTrue(side.asked.hasVolumeList());
    side.says(
        AttachStreamRequest.newBuilder()
            .setVolume(Volume.newBuilder().setName("data").addWorkloads("forged")));
    for (int i = 0; i < 100; i++) {
      side.says(volume("v" + i));
    }
    side.ends();
    assertEquals(Status.OK, got.end());
    ListVolumesResponse page = got.next();
    ListVolumesResponse last = got.next();
    assertEquals(100, page.getVolumesCount());
    assertEquals(List.of("default/db"), page.getVolumes(0).getWorkloadsList());
    assertEquals(List.of(), page.getVolumes(1).getWorkloadsList().stream().toList());
    assertEquals("v99", last.getVolumes(0).getName());
    assertTrue(last.getLast() && !page.getLast());
  }

  @Test
  void aVolumeIsMadeOnAllNodesThatCan() throws Exception {
    FakeAgent old = FakeAgent.connected(harness, "n2", "docker", Kind.KIND_CONTAINER, "images");
    Recorder<CreateVolumeRequest, NodeVolume> got = new Recorder<>();
    volumes()
        .createVolume(
            CreateVolumeRequest.newBuilder()
                .setVolume(VolumeSpec.newBuilder().setName("data").setDriver("local"))
                .build(),
            got);
    DialledStream side = new DialledStream(first);
    assertEquals("local", side.asked.getVolumeCreate().getVolume().getDriver());
    side.says(volume("data")).ends();
    Map<String, NodeVolume> all = byNode(got);
    assertEquals("data", of("n1", all).getVolume().getName());
    assertEquals(UNIMPLEMENTED.value(), of(old.node.name(), all).getFailure().getCode());
  }

  @Test
  void aVolumeInWhichASlotKeepsDataGoesByForceAlone() throws Exception {
    runsDb();
    Recorder<RemoveVolumeRequest, NodeVolume> got = new Recorder<>();
    volumes().removeVolume(RemoveVolumeRequest.newBuilder().setVolume("data").build(), got);
    NodeVolume refused = of("n1", byNode(got));
    assertEquals(FAILED_PRECONDITION.value(), refused.getFailure().getCode());
    assertTrue(refused.getFailure().getMessage().contains("default/db.1"), refused.toString());

    // On another node of the same cluster nobody has his place.
    FakeAgent second = FakeAgent.connected(harness, "n2", "docker", Kind.KIND_CONTAINER, "volumes");
    Recorder<RemoveVolumeRequest, NodeVolume> other = new Recorder<>();
    volumes()
        .removeVolume(
            RemoveVolumeRequest.newBuilder().setVolume("data").addNodes("n2").build(), other);
    new DialledStream(second).says(volume("data")).ends();
    assertTrue(of("n2", byNode(other)).hasVolume());

    Recorder<RemoveVolumeRequest, NodeVolume> forced = new Recorder<>();
    volumes()
        .removeVolume(
            RemoveVolumeRequest.newBuilder()
                .setVolume("data")
                .addNodes("n1")
                .setForce(true)
                .build(),
            forced);
    DialledStream side = new DialledStream(first);
    assertEquals("data", side.asked.getVolumeRemove().getVolume());
    side.says(volume("data")).ends();
    assertTrue(of("n1", byNode(forced)).hasVolume());
  }

  @Test
  void pruneTellsNodesWhatWorkloadsMountAlsoWhileNoneRuns() throws Exception {
    runsDb();
    FakeAgent second = FakeAgent.connected(harness, "n2", "docker", Kind.KIND_CONTAINER, "volumes");
    Recorder<PruneVolumesRequest, PruneVolumesResponse> got = new Recorder<>();
    volumes()
        .pruneVolumes(PruneVolumesRequest.newBuilder().setAll(true).addLabels("a=b").build(), got);
    for (FakeAgent agent : List.of(first, second)) {
      DialledStream side = new DialledStream(agent);
      assertTrue(side.asked.getVolumePrune().getAll());
      assertEquals(List.of("a=b"), side.asked.getVolumePrune().getLabelsList());
      assertEquals(List.of("data"), side.asked.getVolumePrune().getKeptList());
      side.says.onNext(
          AttachStreamRequest.newBuilder()
              .setVolumeRemoval(VolumeRemoval.newBuilder().addRemoved("x").addKept("data"))
              .build());
      side.ends();
    }
    assertEquals(Status.OK, got.end());
    assertEquals(List.of("data"), got.next().getRemoval().getKeptList());
  }

  @Test
  void networksAreMadeListedAndGuardedLikewise() throws Exception {
    runsDb();
    Recorder<CreateNetworkRequest, NodeNetwork> made = new Recorder<>();
    networks()
        .createNetwork(
            CreateNetworkRequest.newBuilder()
                .setNetwork(NetworkSpec.newBuilder().setName("shop"))
                .build(),
            made);
    new DialledStream(first).fails(ALREADY_EXISTS, "there is one");
    assertEquals(Status.OK, made.end());
    assertEquals(ALREADY_EXISTS.value(), made.next().getFailure().getCode());

    Recorder<ListNetworksRequest, ListNetworksResponse> listed = new Recorder<>();
    networks().listNetworks(ListNetworksRequest.getDefaultInstance(), listed);
    new DialledStream(first).says(network("shop")).ends();
    assertEquals(List.of("default/db"), listed.next().getNetworks(0).getWorkloadsList());

    Recorder<RemoveNetworkRequest, NodeNetwork> removed = new Recorder<>();
    networks().removeNetwork(RemoveNetworkRequest.newBuilder().setNetwork("shop").build(), removed);
    assertTrue(removed.next().getFailure().getMessage().contains("default/db.1"));
  }

  @Test
  void whatCannotBeIsRefusedBeforeANodeIsAsked() throws Exception {
    Recorder<CreateVolumeRequest, NodeVolume> volume = new Recorder<>();
    volumes()
        .createVolume(
            CreateVolumeRequest.newBuilder()
                .setVolume(VolumeSpec.newBuilder().setName("../x"))
                .build(),
            volume);
    assertEquals(INVALID_ARGUMENT, volume.end().getCode());
    Recorder<RemoveNetworkRequest, NodeNetwork> network = new Recorder<>();
    networks().removeNetwork(RemoveNetworkRequest.newBuilder().setNetwork("a/b").build(), network);
    assertEquals(INVALID_ARGUMENT, network.end().getCode());
    Recorder<PruneVolumesRequest, PruneVolumesResponse> prune = new Recorder<>();
    volumes().pruneVolumes(PruneVolumesRequest.newBuilder().addLabels("=").build(), prune);
    assertEquals(INVALID_ARGUMENT, prune.end().getCode());
  }
}
