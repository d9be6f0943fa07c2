package dev.berth.controller.rpc;

import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.Views;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.controller.loop.Snapshot;
import dev.berth.spec.Printable;
import dev.berth.v1.CreateNamespaceRequest;
import dev.berth.v1.DeleteNamespaceRequest;
import dev.berth.v1.GetNamespaceRequest;
import dev.berth.v1.ListNamespacesRequest;
import dev.berth.v1.ListNamespacesResponse;
import dev.berth.v1.Namespace;
import dev.berth.v1.NamespaceServiceGrpc;
import dev.berth.v1.UpdateNamespaceRequest;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Namespaces for administrators.
final class NamespaceRpc extends NamespaceServiceGrpc.NamespaceServiceImplBase {
  private static final String QUESTION = "namespaces";

  private final ControllerLoop loop;

  NamespaceRpc(ControllerLoop loop) {
    this.loop = loop;
  }

  @Override
  public void createNamespace(CreateNamespaceRequest request, StreamObserver<Namespace> caller) {
    Answers.send(
        loop.request(id -> new ClusterEvent.CreateNamespace(id, request)), Namespace.class, caller);
  }

  @Override
  public void getNamespace(GetNamespaceRequest request, StreamObserver<Namespace> caller) {
    ClusterState state = Answers.snapshot(loop).state();
    if (!names(state).contains(request.getName())) {
      throw StatusMapper.refused(
          RefusalCode.NOT_FOUND, "no namespace " + Printable.quote(request.getName()));
    }
    Answers.sendNow(Views.namespace(state, request.getName()), caller);
  }

  @Override
  public void listNamespaces(
      ListNamespacesRequest request, StreamObserver<ListNamespacesResponse> caller) {
    Snapshot now = Answers.snapshot(loop);
    List<String> last = Paging.position(request.getPageToken(), QUESTION, 1);
    SortedSet<String> all = names(now.state());
    Paging.Page<Namespace> page =
        Paging.page(
            (last.isEmpty() ? all : all.tailSet(last.getFirst() + "\0")).iterator(),
            Paging.size(request.getPageSize()),
            QUESTION,
            name -> Views.namespace(now.state(), name),
            name -> List.of(name));
    Answers.sendNow(
        ListNamespacesResponse.newBuilder()
            .addAllNamespaces(page.items())
            .setNextPageToken(page.nextToken())
            .setRevision(now.revision())
            .build(),
        caller);
  }

  /// Namespaces that are stored or have workloads.
  private static SortedSet<String> names(ClusterState state) {
    SortedSet<String> names = new TreeSet<>(state.namespaces().keySet());
    for (WorkloadKey key : state.workloads().keySet()) {
      names.add(key.namespace());
    }
    return names;
  }

  @Override
  public void updateNamespace(UpdateNamespaceRequest request, StreamObserver<Namespace> caller) {
    Answers.send(
        loop.request(id -> new ClusterEvent.UpdateNamespace(id, request)), Namespace.class, caller);
  }

  @Override
  public void deleteNamespace(DeleteNamespaceRequest request, StreamObserver<Namespace> caller) {
    Answers.send(
        loop.request(id -> new ClusterEvent.DeleteNamespace(id, request)), Namespace.class, caller);
  }
}
