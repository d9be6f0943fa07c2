package dev.berth.controller.rpc;

import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.spec.ImageRules;
import dev.berth.spec.Printable;
import dev.berth.v1.ExaminationFailure;
import dev.berth.v1.ExamineNodesRequest;
import dev.berth.v1.ExamineNodesResponse;
import dev.berth.v1.ExamineRequest;
import dev.berth.v1.NodeExamination;
import dev.berth.v1.NodeState;
import dev.berth.v1.OpenStream;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/// One user's call to have nodes look at themselves: whom it means, what they are asked, and what
/// the user is told of their answers.
final class ExamineCall {
  private ExamineCall() {}

  /// What each node is asked; the time comes when it is.
  static OpenStream question(ExamineNodesRequest request) {
    return OpenStream.newBuilder()
        .setExamine(ExamineRequest.newBuilder().setFix(request.getFix()))
        .build();
  }

  /// @param names as the caller gave them; none: all that are ready
  /// @throws io.grpc.StatusRuntimeException when one is not there, or there is none
  static List<ImageTargets.Chosen> targets(ClusterState state, List<String> names) {
    if (names.size() > ImageRules.NODES_MAX) {
      throw StatusMapper.badField(
          "nodes",
          "count: %d (expected: at most %d)".formatted(names.size(), ImageRules.NODES_MAX));
    }
    List<ImageTargets.Chosen> chosen = new ArrayList<>();
    if (names.isEmpty()) {
      for (NodeRecord node : state.nodes().values()) {
        if (node.state() == NodeState.NODE_STATE_READY && node.isConnected()) {
          chosen.add(ImageTargets.reachable(node));
        }
      }
      if (chosen.isEmpty()) {
        throw StatusMapper.refused(
            RefusalCode.FAILED_PRECONDITION, "no node is ready: 'berth node ls' shows them all");
      }
      return chosen;
    }
    for (String name : new LinkedHashSet<>(names)) {
      NodeRecord node = state.node(name);
      if (node == null) {
        throw StatusMapper.refused(
            RefusalCode.NOT_FOUND,
            "no node " + Printable.quote(name) + ": 'berth node ls' lists those there are");
      }
      chosen.add(
          node.isConnected()
              ? ImageTargets.reachable(node)
              : ImageTargets.Chosen.refused(
                  name,
                  Status.Code.UNAVAILABLE,
                  "it is not connected: repeat when its agent is back"));
    }
    return chosen;
  }

  /// What the user is told of some news.
  static Optional<ExamineNodesResponse> answer(String node, NodeNews news) {
    return switch (news) {
      case NodeNews.Examined(var found) -> Optional.of(response(found.toBuilder(), node));
      case NodeNews.Failed(var failure) ->
          Optional.of(
              response(
                  NodeExamination.newBuilder()
                      .setFailure(
                          ExaminationFailure.newBuilder()
                              .setCode(failure.getCode())
                              .setMessage(failure.getMessage())),
                  node));
      default -> Optional.empty();
    };
  }

  private static ExamineNodesResponse response(NodeExamination.Builder found, String node) {
    return ExamineNodesResponse.newBuilder().setExamination(found.setNode(node)).build();
  }
}
