package dev.berth.cli.testing;

import com.google.protobuf.util.FieldMaskUtil;
import dev.berth.v1.CreateWorkloadRequest;
import dev.berth.v1.DeleteWorkloadRequest;
import dev.berth.v1.ExplainPlacementRequest;
import dev.berth.v1.ExplainPlacementResponse;
import dev.berth.v1.GetWorkloadRequest;
import dev.berth.v1.ListWorkloadsRequest;
import dev.berth.v1.ListWorkloadsResponse;
import dev.berth.v1.PlacementDecision;
import dev.berth.v1.RestartWorkloadRequest;
import dev.berth.v1.ScaleWorkloadRequest;
import dev.berth.v1.StartWorkloadRequest;
import dev.berth.v1.StopWorkloadRequest;
import dev.berth.v1.UpdateWorkloadRequest;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadServiceGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// Workloads by name; changes are carried out on the spot and told to a listener.
public final class FakeWorkloads extends WorkloadServiceGrpc.WorkloadServiceImplBase {
  private final TreeMap<String, Workload> workloads = new TreeMap<>();
  private final List<PlacementDecision> decisions = new ArrayList<>();
  private Consumer<Workload> listener = _ -> {};

  FakeWorkloads() {}

  /// Adds a workload or replaces the one of its name.
  public synchronized void put(Workload workload) {
    workloads.put(workload.getName(), workload);
  }

  /// Adds a decision of the scheduler.
  public synchronized void put(PlacementDecision decision) {
    decisions.add(decision);
  }

  /// Called with each workload that a request made, changed or deleted (`deleting` is set then),
  /// before it is answered.
  public synchronized void onChange(Consumer<Workload> listener) {
    this.listener = listener;
  }

  /// The workloads, by name.
  public synchronized Map<String, Workload> all() {
    return new TreeMap<>(workloads);
  }

  @Override
  public synchronized void createWorkload(
      CreateWorkloadRequest request, StreamObserver<Workload> out) {
    Workload wanted = request.getWorkload();
    if (workloads.containsKey(wanted.getName())) {
      out.onError(
          Status.ALREADY_EXISTS
              .withDescription("there is a workload \"" + wanted.getName() + "\" already")
              .asRuntimeException());
      return;
    }
    Workload made =
        wanted.toBuilder()
            .setUid("11111111-2222-3333-4444-555555555555")
            .setRevision(1)
            .setEtag("1")
            .build();
    answer(made, request.getValidateOnly(), out);
  }

  @Override
  public synchronized void getWorkload(GetWorkloadRequest request, StreamObserver<Workload> out) {
    change(request.getName(), UnaryOperator.identity(), true, out);
  }

  @Override
  public synchronized void listWorkloads(
      ListWorkloadsRequest request, StreamObserver<ListWorkloadsResponse> out) {
    out.onNext(ListWorkloadsResponse.newBuilder().addAllWorkloads(workloads.values()).build());
    out.onCompleted();
  }

  @Override
  public synchronized void updateWorkload(
      UpdateWorkloadRequest request, StreamObserver<Workload> out) {
    Workload wanted = request.getWorkload();
    Workload present = workloads.get(wanted.getName());
    if (present == null && request.getAllowMissing()) {
      answer(wanted.toBuilder().setRevision(1).build(), request.getValidateOnly(), out);
      return;
    }
    change(wanted.getName(), old -> updated(old, request), request.getValidateOnly(), out);
  }

  private static Workload updated(Workload old, UpdateWorkloadRequest request) {
    Workload.Builder updated = old.toBuilder();
    if (request.hasUpdateMask()) {
      FieldMaskUtil.merge(request.getUpdateMask(), request.getWorkload(), updated);
    } else {
      updated.setSpec(request.getWorkload().getSpec());
    }
    return updated.setRevision(old.getRevision() + 1).build();
  }

  @Override
  public synchronized void deleteWorkload(
      DeleteWorkloadRequest request, StreamObserver<Workload> out) {
    change(request.getName(), old -> old.toBuilder().setDeleting(true).build(), false, out);
    workloads.remove(request.getName());
  }

  @Override
  public synchronized void scaleWorkload(
      ScaleWorkloadRequest request, StreamObserver<Workload> out) {
    change(
        request.getName(),
        old -> {
          Workload.Builder scaled = old.toBuilder();
          scaled.getSpecBuilder().setReplicas(request.getReplicas());
          return scaled.build();
        },
        false,
        out);
  }

  @Override
  public synchronized void stopWorkload(StopWorkloadRequest request, StreamObserver<Workload> out) {
    change(
        request.getName(),
        old ->
            request.getSlotsList().isEmpty()
                ? old.toBuilder().setStopped(true).build()
                : old.toBuilder().addAllStoppedSlots(request.getSlotsList()).build(),
        false,
        out);
  }

  @Override
  public synchronized void startWorkload(
      StartWorkloadRequest request, StreamObserver<Workload> out) {
    change(
        request.getName(),
        old -> old.toBuilder().setStopped(false).clearStoppedSlots().build(),
        false,
        out);
  }

  @Override
  public synchronized void restartWorkload(
      RestartWorkloadRequest request, StreamObserver<Workload> out) {
    change(request.getName(), UnaryOperator.identity(), false, out);
  }

  /// One decision a page.
  @Override
  public synchronized void explainPlacement(
      ExplainPlacementRequest request, StreamObserver<ExplainPlacementResponse> out) {
    String target = request.getTarget();
    List<PlacementDecision> meant =
        decisions.stream()
            .filter(
                decision ->
                    decision.getInstance().getWorkload().equals(target)
                        || decision.getInstance().getName().equals(target)
                        || decision.getInstance().getId().startsWith(target))
            .toList();
    if (meant.isEmpty() && !workloads.containsKey(target)) {
      out.onError(
          Status.NOT_FOUND
              .withDescription("there is no workload \"" + target + "\"")
              .asRuntimeException());
      return;
    }
    int page = request.getPageToken().isEmpty() ? 0 : Integer.parseInt(request.getPageToken());
    ExplainPlacementResponse.Builder answer = ExplainPlacementResponse.newBuilder();
    if (!meant.isEmpty()) {
      answer.addDecisions(meant.get(page));
      answer.setNextPageToken(page + 1 < meant.size() ? Integer.toString(page + 1) : "");
    }
    out.onNext(answer.build());
    out.onCompleted();
  }

  private void change(
      String name,
      UnaryOperator<Workload> change,
      boolean onlyLooks,
      StreamObserver<Workload> out) {
    Workload present = workloads.get(name);
    if (present == null) {
      out.onError(
          Status.NOT_FOUND
              .withDescription("there is no workload \"" + name + "\"")
              .asRuntimeException());
    } else {
      answer(change.apply(present), onlyLooks, out);
    }
  }

  private void answer(Workload workload, boolean onlyLooks, StreamObserver<Workload> out) {
    if (!onlyLooks) {
      workloads.put(workload.getName(), workload);
      listener.accept(workload);
    }
    out.onNext(workload);
    out.onCompleted();
  }
}
