package dev.berth.controller.rpc;

import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.Views;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.controller.loop.Snapshot;
import dev.berth.spec.Printable;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.DeleteWorkloadRequest;
import dev.berth.v1.ExplainPlacementRequest;
import dev.berth.v1.ExplainPlacementResponse;
import dev.berth.v1.GetWorkloadRequest;
import dev.berth.v1.ListWorkloadsRequest;
import dev.berth.v1.ListWorkloadsResponse;
import dev.berth.v1.RestartWorkloadRequest;
import dev.berth.v1.ScaleWorkloadRequest;
import dev.berth.v1.StartWorkloadRequest;
import dev.berth.v1.StopWorkloadRequest;
import dev.berth.v1.UpdateWorkloadRequest;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadServiceGrpc;
import io.grpc.stub.StreamObserver;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongFunction;

/// Workloads: changes go to the loop, reads come from the snapshot.
final class WorkloadRpc extends WorkloadServiceGrpc.WorkloadServiceImplBase {
  private final ControllerLoop loop;

  WorkloadRpc(ControllerLoop loop) {
    this.loop = loop;
  }

  @Override
  public void createWorkload(CreateWorkloadRequest request, StreamObserver<Workload> caller) {
    ask(id -> new ClusterEvent.CreateWorkload(id, request), caller);
  }

  @Override
  public void updateWorkload(UpdateWorkloadRequest request, StreamObserver<Workload> caller) {
    ask(id -> new ClusterEvent.UpdateWorkload(id, request), caller);
  }

  @Override
  public void deleteWorkload(DeleteWorkloadRequest request, StreamObserver<Workload> caller) {
    ask(id -> new ClusterEvent.DeleteWorkload(id, request), caller);
  }

  @Override
  public void scaleWorkload(ScaleWorkloadRequest request, StreamObserver<Workload> caller) {
    ask(id -> new ClusterEvent.ScaleWorkload(id, request), caller);
  }

  @Override
  public void stopWorkload(StopWorkloadRequest request, StreamObserver<Workload> caller) {
    ask(id -> new ClusterEvent.StopWorkload(id, request), caller);
  }

  @Override
  public void startWorkload(StartWorkloadRequest request, StreamObserver<Workload> caller) {
    ask(id -> new ClusterEvent.StartWorkload(id, request), caller);
  }

  @Override
  public void restartWorkload(RestartWorkloadRequest request, StreamObserver<Workload> caller) {
    ask(id -> new ClusterEvent.RestartWorkload(id, request), caller);
  }

  @Override
  public void getWorkload(GetWorkloadRequest request, StreamObserver<Workload> caller) {
    ClusterState state = Answers.snapshot(loop).state();
    WorkloadKey key = new WorkloadKey(Namespaces.one(request.getNamespace()), request.getName());
    WorkloadRecord found = state.workload(key);
    if (found == null) {
      throw StatusMapper.refused(
          RefusalCode.NOT_FOUND,
          "no workload %s in namespace %s".formatted(Printable.quote(key.name()), key.namespace()));
    }
    Answers.sendNow(Views.workload(state, found), caller);
  }

  @Override
  public void listWorkloads(
      ListWorkloadsRequest request, StreamObserver<ListWorkloadsResponse> caller) {
    Snapshot now = Answers.snapshot(loop);
    String namespace = Namespaces.oneOrAll(request.getNamespace());
    String question = "workloads " + namespace + new TreeMap<>(request.getLabelsMap());
    List<String> last = Paging.position(request.getPageToken(), question, 2);
    SortedMap<WorkloadKey, WorkloadRecord> all = now.state().workloads();
    Iterator<WorkloadRecord> rest =
        (last.isEmpty() ? all : all.tailMap(new WorkloadKey(last.get(0), last.get(1) + "\0")))
            .values().stream()
                .filter(each -> isIn(each, namespace) && hasLabels(each, request.getLabelsMap()))
                .iterator();
    Paging.Page<Workload> page =
        Paging.page(
            rest,
            Paging.size(request.getPageSize()),
            question,
            each -> Views.workload(now.state(), each),
            each -> List.of(each.key().namespace(), each.key().name()));
    Answers.sendNow(
        ListWorkloadsResponse.newBuilder()
            .addAllWorkloads(page.items())
            .setNextPageToken(page.nextToken())
            .setRevision(now.revision())
            .build(),
        caller);
  }

  private static boolean isIn(WorkloadRecord workload, String namespace) {
    return namespace.equals(Namespaces.ALL) || workload.key().namespace().equals(namespace);
  }

  private static boolean hasLabels(WorkloadRecord workload, Map<String, String> wanted) {
    Map<String, String> labels = workload.message().getSpec().getLabelsMap();
    return wanted.entrySet().stream()
        .allMatch(
            each ->
                Optional.ofNullable(labels.get(each.getKey()))
                    .equals(Optional.of(each.getValue())));
  }

  private void ask(LongFunction<ClusterEvent.Request> event, StreamObserver<Workload> caller) {
    Answers.send(loop.request(event), Workload.class, caller);
  }

  @Override
  public void explainPlacement(
      ExplainPlacementRequest request, StreamObserver<ExplainPlacementResponse> caller) {
    Answers.sendNow(PlacementAnswers.answer(Answers.snapshot(loop), request), caller);
  }
}
