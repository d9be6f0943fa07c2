package dev.berth.controller.rpc;

import static io.grpc.Status.Code.OUT_OF_RANGE;
import static io.grpc.Status.Code.RESOURCE_EXHAUSTED;
import static io.grpc.Status.Code.UNAVAILABLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceChange;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.loop.Changes;
import dev.berth.controller.loop.Snapshot;
import dev.berth.v1.Event;
import dev.berth.v1.EventServiceGrpc;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceServiceGrpc;
import dev.berth.v1.ListInstancesRequest;
import dev.berth.v1.ListInstancesResponse;
import dev.berth.v1.Resources;
import dev.berth.v1.ScaleWorkloadRequest;
import dev.berth.v1.WatchEventsRequest;
import dev.berth.v1.WatchInstancesRequest;
import dev.berth.v1.WatchInstancesResponse;
import dev.berth.v1.WorkloadServiceGrpc;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WatchTest {
  @TempDir Path data;
  private RpcHarness harness;
  private WorkloadServiceGrpc.WorkloadServiceBlockingStub workloads;

  @BeforeEach
  void start() throws Exception {
    harness = new RpcHarness(data);
    workloads = harness.workloads();
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  private Recorder<WatchInstancesRequest, WatchInstancesResponse> watch(
      WatchInstancesRequest.Builder request, int prefetch) throws Exception {
    Recorder<WatchInstancesRequest, WatchInstancesResponse> watch = new Recorder<>(prefetch);
    InstanceServiceGrpc.newStub(harness.admin()).watchInstances(request.build(), watch);
    return watch;
  }

  private static void scale(
      WorkloadServiceGrpc.WorkloadServiceBlockingStub workloads, String name, int replicas) {
    var _ =
        workloads.scaleWorkload(
            ScaleWorkloadRequest.newBuilder().setName(name).setReplicas(replicas).build());
  }

  @Test
  void sendsThePresentStateThenChanges() throws Exception {
    var _ = workloads.createWorkload(RpcHarness.service("web", 2));
    var watch = watch(WatchInstancesRequest.newBuilder(), -1);
    WatchInstancesResponse first = watch.next();
    assertTrue(first.getSynced());
    assertEquals(2, first.getChangedCount());
    scale(workloads, "web", 3);
    WatchInstancesResponse more = watch.next();
    assertEquals("web.3", more.getChanged(0).getName());
    assertTrue(more.getRevision() > first.getRevision());
    scale(workloads, "web", 1);
    Set<String> gone = new TreeSet<>();
    while (gone.size() < 2) {
      gone.addAll(watch.next().getRemovedList());
    }
    assertTrue(gone.contains(more.getChanged(0).getId()));
  }

  @Test
  void resumesWithoutGapsFromARevision() throws Exception {
    var _ = workloads.createWorkload(RpcHarness.service("web", 1));
    ListInstancesResponse list =
        harness.instances().listInstances(ListInstancesRequest.getDefaultInstance());
    for (int replicas = 2; replicas <= 5; replicas++) {
      scale(workloads, "web", replicas);
    }
    var watch = watch(WatchInstancesRequest.newBuilder().setAfterRevision(list.getRevision()), -1);
    List<String> names = new ArrayList<>();
    while (names.size() < 4) {
      WatchInstancesResponse next = watch.next();
      assertFalse(next.getSynced());
      next.getChangedList().stream().map(Instance::getName).forEach(names::add);
    }
    assertEquals(List.of("web.2", "web.3", "web.4", "web.5"), names);
  }

  @Test
  void refusesRevisionsThatItDoesNotHave() throws Exception {
    var _ = workloads.createWorkload(RpcHarness.service("web", 1));
    long now =
        harness.instances().listInstances(ListInstancesRequest.getDefaultInstance()).getRevision();
    for (long revision : List.of(1L, now + 1, Long.MAX_VALUE, -1L)) {
      var watch = watch(WatchInstancesRequest.newBuilder().setAfterRevision(revision), -1);
      assertEquals(OUT_OF_RANGE, watch.end().getCode(), "revision " + revision);
    }
  }

  @Test
  void showsOnlyTheNamespaceAndWorkloadAskedFor() throws Exception {
    var _ = workloads.createWorkload(RpcHarness.service("web", 1));
    var _ = workloads.createWorkload(RpcHarness.service("db", 1));
    assertEquals(
        1,
        watch(WatchInstancesRequest.newBuilder().setWorkload("db"), -1).next().getChangedCount());
    assertEquals(
        0,
        watch(WatchInstancesRequest.newBuilder().setNamespace("other"), -1)
            .next()
            .getChangedCount());
    assertEquals(
        2,
        watch(WatchInstancesRequest.newBuilder().setNamespace("-"), -1).next().getChangedCount());
  }

  @Test
  void sendsNothingTwiceWhenReadersAreAheadOfTheFeed() throws Exception {
    ClusterState empty = ClusterState.empty("c", 1);
    Instance web =
        Instance.newBuilder().setId("a").setNamespace("default").setWorkload("web").build();
    Snapshot first = new Snapshot(empty, 1 << 24);
    Snapshot second = new Snapshot(empty.plus(record(web)), (1 << 24) + 1);
    InstanceWatches watches = new InstanceWatches();
    watches.begin(first);
    var filter = new InstanceWatches.Filter("-", "");
    List<WatchInstancesResponse> whole = new ArrayList<>();
    List<WatchInstancesResponse> rest = new ArrayList<>();
    var _ = watches.watch(filter, 0, second, TestReader.ready(whole));
    var _ = watches.watch(filter, second.revision(), second, TestReader.ready(rest));
    watches.published(
        first,
        second,
        new Changes(List.of(new InstanceChange(null, record(web))), Set.of(), Set.of(), List.of()));
    assertEquals(1, whole.size());
    assertEquals(1, whole.getFirst().getChangedCount());
    assertEquals(List.of(), rest);
  }

  private static InstanceRecord record(Instance instance) {
    return new InstanceRecord(
        instance,
        InstanceRecord.Attempt.FIRST,
        Resources.getDefaultInstance(),
        0,
        null,
        InstanceRecord.Timing.NONE,
        null);
  }

  @Test
  void splitsALargeStateAndMarksItsEnd() throws Exception {
    var _ = workloads.createWorkload(RpcHarness.service("web", 5000));
    var watch = watch(WatchInstancesRequest.newBuilder(), -1);
    Set<String> seen = new TreeSet<>();
    WatchInstancesResponse next = watch.next();
    while (!next.getSynced()) {
      assertEquals(0, next.getRevision(), "whoever resumes here must begin again");
      next.getChangedList().forEach(each -> seen.add(each.getName()));
      next = watch.next();
    }
    next.getChangedList().forEach(each -> seen.add(each.getName()));
    assertEquals(5000, seen.size());
  }

  @Test
  void endsAWatcherThatDoesNotReadWhileOthersGoOn() throws Exception {
    var _ = workloads.createWorkload(RpcHarness.service("web", 2000));
    var stuck = watch(WatchInstancesRequest.newBuilder(), 0);
    var reads = watch(WatchInstancesRequest.newBuilder().setWorkload("small"), -1);
    assertTrue(reads.next().getSynced());
    Outbox<WatchInstancesResponse> unread = TestReader.outbox(InstanceWatches.outboxMax());
    int taken = 0;
    while (unread.offer(WatchInstancesResponse.getDefaultInstance())) {
      taken++;
    }
    assertEquals(InstanceWatches.outboxMax(), taken);
    var _ = workloads.createWorkload(RpcHarness.service("small", 1));
    assertEquals("small.1", reads.next().getChanged(0).getName());
    stuck.cancel();
  }

  @Test
  void endsWatchesWithTheLeadership() throws Exception {
    var watch = watch(WatchInstancesRequest.newBuilder(), -1);
    assertTrue(watch.next().getSynced());
    harness.store.endLease();
    assertEquals(UNAVAILABLE, watch.end().getCode());
  }

  @Test
  void pagesThroughInstancesInOrder() throws Exception {
    var _ = workloads.createWorkload(RpcHarness.service("web", 25));
    var _ = workloads.createWorkload(RpcHarness.service("db", 3));
    List<String> names = new ArrayList<>();
    String token = "";
    do {
      ListInstancesResponse page =
          harness
              .instances()
              .listInstances(
                  ListInstancesRequest.newBuilder().setPageSize(7).setPageToken(token).build());
      page.getInstancesList().forEach(each -> names.add(each.getName()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    List<String> expected = new ArrayList<>(List.of("db.1", "db.2", "db.3"));
    for (int slot = 1; slot <= 25; slot++) {
      expected.add("web." + slot);
    }
    assertEquals(expected, names);
  }

  @Test
  void followsEvents() throws Exception {
    var _ = workloads.createWorkload(RpcHarness.service("web", 1));
    Recorder<WatchEventsRequest, Event> past = new Recorder<>();
    EventServiceGrpc.newStub(harness.admin())
        .watchEvents(WatchEventsRequest.getDefaultInstance(), past);
    assertEquals("Created", past.next().getReason());
    assertEquals(io.grpc.Status.OK, past.end());
    Recorder<WatchEventsRequest, Event> follows = new Recorder<>();
    EventServiceGrpc.newStub(harness.admin())
        .watchEvents(
            WatchEventsRequest.newBuilder().setWorkload("db").setFollow(true).build(), follows);
    var _ = workloads.createWorkload(RpcHarness.service("db", 1));
    Event event = follows.next();
    assertEquals("db", event.getWorkload());
    follows.cancel();
  }

  @Test
  void endsAReaderOfEventsThatIsTooSlow() {
    EventLog log = new EventLog();
    TestReader<Event> reader = new TestReader<>();
    var _ =
        log.read(
            new EventLog.Filter("-", "", "", com.google.protobuf.util.Timestamps.MIN_VALUE),
            true,
            new Outbox<>(reader, 10, () -> {}));
    for (int i = 0; i < 11; i++) {
      log.published(List.of(Event.getDefaultInstance()));
    }
    assertEquals(RESOURCE_EXHAUSTED, reader.code());
  }
}
