package dev.berth.cli.testing;

import dev.berth.v1.DeleteNodeRequest;
import dev.berth.v1.GetNodeRequest;
import dev.berth.v1.ListNodesRequest;
import dev.berth.v1.ListNodesResponse;
import dev.berth.v1.Node;
import dev.berth.v1.NodeServiceGrpc;
import dev.berth.v1.UpdateNodeRequest;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Nodes by name.
public final class FakeNodes extends NodeServiceGrpc.NodeServiceImplBase {
  private final TreeMap<String, Node> nodes = new TreeMap<>();

  FakeNodes() {}

  /// Adds a node or replaces the one of its name.
  public synchronized void put(Node node) {
    nodes.put(node.getName(), node);
  }

  /// The nodes, by name.
  public synchronized Map<String, Node> all() {
    return new TreeMap<>(nodes);
  }

  @Override
  public synchronized void getNode(GetNodeRequest request, StreamObserver<Node> out) {
    answer(request.getName(), nodes.get(request.getName()), out);
  }

  @Override
  public synchronized void listNodes(
      ListNodesRequest request, StreamObserver<ListNodesResponse> out) {
    out.onNext(ListNodesResponse.newBuilder().addAllNodes(nodes.values()).build());
    out.onCompleted();
  }

  @Override
  public synchronized void updateNode(UpdateNodeRequest request, StreamObserver<Node> out) {
    Node wanted = request.getNode();
    Node present = nodes.get(wanted.getName());
    if (present != null) {
      Node.Builder changed = present.toBuilder();
      for (String path : request.getUpdateMask().getPathsList()) {
        if (path.equals("availability")) {
          changed.setAvailability(wanted.getAvailability());
        } else {
          String key = path.substring("labels.".length());
          changed.removeLabels(key);
          if (wanted.containsLabels(key)) {
            changed.putLabels(key, wanted.getLabelsOrThrow(key));
          }
        }
      }
      present = changed.build();
      nodes.put(present.getName(), present);
    }
    answer(wanted.getName(), present, out);
  }

  @Override
  public synchronized void deleteNode(DeleteNodeRequest request, StreamObserver<Node> out) {
    answer(request.getName(), nodes.remove(request.getName()), out);
  }

  private static void answer(String name, @Nullable Node node, StreamObserver<Node> out) {
    if (node == null) {
      out.onError(
          Status.NOT_FOUND
              .withDescription("there is no node \"" + name + "\"")
              .asRuntimeException());
    } else {
      out.onNext(node);
      out.onCompleted();
    }
  }
}
