package dev.berth.cli.testing;

import dev.berth.v1.CreateNamespaceRequest;
import dev.berth.v1.DeleteNamespaceRequest;
import dev.berth.v1.GetNamespaceRequest;
import dev.berth.v1.ListNamespacesRequest;
import dev.berth.v1.ListNamespacesResponse;
import dev.berth.v1.Namespace;
import dev.berth.v1.NamespaceServiceGrpc;
import dev.berth.v1.UpdateNamespaceRequest;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Namespaces by name. A list has one of them a page.
public final class FakeNamespaces extends NamespaceServiceGrpc.NamespaceServiceImplBase {
  private final TreeMap<String, Namespace> namespaces = new TreeMap<>();

  FakeNamespaces() {}

  /// Adds a namespace or replaces the one of its name.
  public synchronized void put(Namespace namespace) {
    namespaces.put(namespace.getName(), namespace);
  }

  /// The namespaces, by name.
  public synchronized Map<String, Namespace> all() {
    return new TreeMap<>(namespaces);
  }

  @Override
  public synchronized void createNamespace(
      CreateNamespaceRequest request, StreamObserver<Namespace> out) {
    Namespace wanted = request.getNamespace();
    if (namespaces.containsKey(wanted.getName())) {
      out.onError(
          Status.ALREADY_EXISTS
              .withDescription("there is a namespace \"" + wanted.getName() + "\" already")
              .asRuntimeException());
      return;
    }
    put(wanted.toBuilder().setEtag("1").setCreateTime(Samples.ago(0)).build());
    answer(wanted.getName(), namespaces.get(wanted.getName()), out);
  }

  @Override
  public synchronized void getNamespace(
      GetNamespaceRequest request, StreamObserver<Namespace> out) {
    answer(request.getName(), namespaces.get(request.getName()), out);
  }

  @Override
  public synchronized void listNamespaces(
      ListNamespacesRequest request, StreamObserver<ListNamespacesResponse> out) {
    Map.Entry<String, Namespace> next = namespaces.higherEntry(request.getPageToken());
    ListNamespacesResponse.Builder page = ListNamespacesResponse.newBuilder();
    if (next != null) {
      page.addNamespaces(next.getValue());
      page.setNextPageToken(next.getKey().equals(namespaces.lastKey()) ? "" : next.getKey());
    }
    out.onNext(page.build());
    out.onCompleted();
  }

  @Override
  public synchronized void updateNamespace(
      UpdateNamespaceRequest request, StreamObserver<Namespace> out) {
    Namespace wanted = request.getNamespace();
    Namespace present = namespaces.get(wanted.getName());
    if (present != null) {
      Namespace.Builder changed = present.toBuilder().clearQuota();
      if (wanted.hasQuota()) {
        changed.setQuota(wanted.getQuota());
      }
      present = changed.build();
      put(present);
    }
    answer(wanted.getName(), present, out);
  }

  @Override
  public synchronized void deleteNamespace(
      DeleteNamespaceRequest request, StreamObserver<Namespace> out) {
    answer(request.getName(), namespaces.remove(request.getName()), out);
  }

  private static void answer(
      String name, @Nullable Namespace namespace, StreamObserver<Namespace> out) {
    if (namespace == null) {
      out.onError(
          Status.NOT_FOUND
              .withDescription("there is no namespace \"" + name + "\"")
              .asRuntimeException());
    } else {
      out.onNext(namespace);
      out.onCompleted();
    }
  }
}
