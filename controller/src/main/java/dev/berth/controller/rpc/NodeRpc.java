package dev.berth.controller.rpc;

import dev.berth.controller.core.ClusterEvent;
import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.Views;
import dev.berth.controller.core.reconcile.Budgets;
import dev.berth.controller.core.reconcile.Evictions;
import dev.berth.controller.loop.ControllerLoop;
import dev.berth.controller.loop.Snapshot;
import dev.berth.spec.Printable;
import dev.berth.v1.DeleteNodeRequest;
import dev.berth.v1.DrainNodeRequest;
import dev.berth.v1.ExamineNodesRequest;
import dev.berth.v1.ExamineNodesResponse;
import dev.berth.v1.FenceNodeRequest;
import dev.berth.v1.GetNodeRequest;
import dev.berth.v1.ListNodesRequest;
import dev.berth.v1.ListNodesResponse;
import dev.berth.v1.Node;
import dev.berth.v1.NodeServiceGrpc;
import dev.berth.v1.UpdateNodeRequest;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ScheduledExecutorService;

/// Nodes for operators.
final class NodeRpc extends NodeServiceGrpc.NodeServiceImplBase {
  private static final String QUESTION = "nodes";

  private final ControllerLoop loop;
  private final StreamBroker broker;
  private final ScheduledExecutorService timer;

  NodeRpc(ControllerLoop loop, StreamBroker broker, ScheduledExecutorService timer) {
    this.loop = loop;
    this.broker = broker;
    this.timer = timer;
  }

  @Override
  public void getNode(GetNodeRequest request, StreamObserver<Node> caller) {
    ClusterState state = Answers.snapshot(loop).state();
    NodeRecord found = state.node(request.getName());
    if (found == null) {
      throw StatusMapper.refused(
          RefusalCode.NOT_FOUND, "no node " + Printable.quote(request.getName()));
    }
    Answers.sendNow(view(state, found), caller);
  }

  @Override
  public void listNodes(ListNodesRequest request, StreamObserver<ListNodesResponse> caller) {
    Snapshot now = Answers.snapshot(loop);
    List<String> last = Paging.position(request.getPageToken(), QUESTION, 1);
    SortedMap<String, NodeRecord> all = now.state().nodes();
    Paging.Page<Node> page =
        Paging.page(
            (last.isEmpty() ? all : all.tailMap(last.getFirst() + "\0")).values().iterator(),
            Paging.size(request.getPageSize()),
            QUESTION,
            each -> view(now.state(), each),
            each -> List.of(each.name()));
    Answers.sendNow(
        ListNodesResponse.newBuilder()
            .addAllNodes(page.items())
            .setNextPageToken(page.nextToken())
            .setRevision(now.revision())
            .build(),
        caller);
  }

  @Override
  public void updateNode(UpdateNodeRequest request, StreamObserver<Node> caller) {
    Answers.send(loop.request(id -> new ClusterEvent.UpdateNode(id, request)), Node.class, caller);
  }

  @Override
  public void deleteNode(DeleteNodeRequest request, StreamObserver<Node> caller) {
    Answers.send(loop.request(id -> new ClusterEvent.DeleteNode(id, request)), Node.class, caller);
  }

  @Override
  public void drainNode(DrainNodeRequest request, StreamObserver<Node> caller) {
    Answers.send(loop.request(id -> new ClusterEvent.DrainNode(id, request)), Node.class, caller);
  }

  @Override
  public void fenceNode(FenceNodeRequest request, StreamObserver<Node> caller) {
    Answers.send(loop.request(id -> new ClusterEvent.FenceNode(id, request)), Node.class, caller);
  }

  @Override
  public void examineNodes(
      ExamineNodesRequest request, StreamObserver<ExamineNodesResponse> caller) {
    List<ImageTargets.Chosen> chosen =
        ExamineCall.targets(Answers.snapshot(loop).state(), request.getNodesList());
    new NodeFanOut<>(
            broker,
            timer,
            (ServerCallStreamObserver<ExamineNodesResponse>) caller,
            ExamineCall::answer)
        .start(chosen, ExamineCall.question(request));
  }

  /// A node with how far its drain is.
  private static Node view(ClusterState state, NodeRecord node) {
    Node view = Views.node(state, node);
    if (!view.hasDrain()) {
      return view;
    }
    Evictions.Progress progress =
        Evictions.of(state, node, new Budgets(state), System.nanoTime() / 1_000_000);
    return view.toBuilder()
        .setDrain(
            view.getDrain().toBuilder()
                .setRemaining(progress.remaining())
                .setMessage(progress.waiting()))
        .build();
  }
}
