package dev.berth.cli.testing;

import dev.berth.v1.DeleteNodeRequest;
import dev.berth.v1.DrainNodeRequest;
import dev.berth.v1.ExamineNodesRequest;
import dev.berth.v1.ExamineNodesResponse;
import dev.berth.v1.FenceNodeRequest;
import dev.berth.v1.GetNodeRequest;
import dev.berth.v1.ListNodesRequest;
import dev.berth.v1.ListNodesResponse;
import dev.berth.v1.Node;
import dev.berth.v1.NodeAvailability;
import dev.berth.v1.NodeDrain;
import dev.berth.v1.NodeExamination;
import dev.berth.v1.NodeServiceGrpc;
import dev.berth.v1.NodeState;
import dev.berth.v1.UpdateNodeRequest;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Nodes by name.
public final class FakeNodes extends NodeServiceGrpc.NodeServiceImplBase {
  private final TreeMap<String, Node> nodes = new TreeMap<>();
  private List<NodeExamination> examinations = List.of();
  private UnaryOperator<Node> atEachLook = UnaryOperator.identity();

  FakeNodes() {}

  /// Adds a node or replaces the one of its name.
  public synchronized void put(Node node) {
    nodes.put(node.getName(), node);
  }

  /// The nodes, by name.
  public synchronized Map<String, Node> all() {
    return new TreeMap<>(nodes);
  }

  /// Sets what nodes find when they look at themselves, in the order in which they answer.
  public synchronized void examinations(NodeExamination... found) {
    examinations = List.of(found);
  }

  /// Changes a node after each look at it, as time does with a real one.
  public synchronized void atEachLook(UnaryOperator<Node> change) {
    this.atEachLook = change;
  }

  @Override
  public synchronized void getNode(GetNodeRequest request, StreamObserver<Node> out) {
    answer(request.getName(), nodes.get(request.getName()), out);
    nodes.computeIfPresent(request.getName(), (_, node) -> atEachLook.apply(node));
  }

  @Override
  public synchronized void drainNode(DrainNodeRequest request, StreamObserver<Node> out) {
    Node drained =
        nodes.computeIfPresent(
            request.getName(),
            (_, node) ->
                node.toBuilder()
                    .setAvailability(NodeAvailability.NODE_AVAILABILITY_DRAINING)
                    .setDrain(
                        NodeDrain.newBuilder()
                            .setMaxParallel(request.getMaxParallel())
                            .setRemaining(node.getInstances()))
                    .build());
    // The count is made when a node is read, not when its drain begins.
    Node begun = drained == null ? null : drained.toBuilder().setDrain(uncounted(drained)).build();
    answer(request.getName(), begun, out);
  }

  @Override
  public synchronized void fenceNode(FenceNodeRequest request, StreamObserver<Node> out) {
    Node present = nodes.get(request.getName());
    if (present != null && present.getState() == NodeState.NODE_STATE_READY) {
      out.onError(
          Status.FAILED_PRECONDITION
              .withDescription(present.getName() + " is heard")
              .asRuntimeException());
      return;
    }
    Node fenced =
        nodes.computeIfPresent(
            request.getName(), (_, node) -> node.toBuilder().setFenceTime(Samples.ago(0)).build());
    answer(request.getName(), fenced, out);
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
    if (present != null && !List.of("", present.getEtag()).contains(wanted.getEtag())) {
      out.onError(Status.ABORTED.withDescription("the etag is stale").asRuntimeException());
      return;
    }
    if (present != null) {
      Node.Builder changed = present.toBuilder();
      for (String path : request.getUpdateMask().getPathsList()) {
        if (path.equals("availability")) {
          changed.setAvailability(wanted.getAvailability()).clearDrain();
        } else if (path.equals("taints")) {
          changed.clearTaints().addAllTaints(wanted.getTaintsList());
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
  public synchronized void examineNodes(
      ExamineNodesRequest request, StreamObserver<ExamineNodesResponse> out) {
    for (NodeExamination examination : examinations) {
      if (request.getNodesList().isEmpty()
          || request.getNodesList().contains(examination.getNode())) {
        out.onNext(ExamineNodesResponse.newBuilder().setExamination(examination).build());
      }
    }
    out.onCompleted();
  }

  @Override
  public synchronized void deleteNode(DeleteNodeRequest request, StreamObserver<Node> out) {
    answer(request.getName(), nodes.remove(request.getName()), out);
  }

  private static NodeDrain uncounted(Node node) {
    return node.getDrain().toBuilder().clearRemaining().build();
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
