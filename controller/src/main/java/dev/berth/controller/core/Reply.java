package dev.berth.controller.core;

import com.google.protobuf.Message;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.Views;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.model.WorkloadRecord;
import dev.berth.v1.Namespace;
import dev.berth.v1.Node;
import dev.berth.v1.Workload;
import java.util.List;

/// What a request is answered with once the whole decision is made.
sealed interface Reply {
  /// The outcome, seen from the state after the decision.
  Outcome outcome(ClusterState state);

  static Reply refused(RefusalCode code, String message) {
    return new No(new Refusal(code, message));
  }

  static Reply invalid(List<FieldViolation> violations) {
    return new No(Refusal.ofFields(violations));
  }

  static Reply invalid(String field, String problem) {
    return invalid(List.of(new FieldViolation(field, problem)));
  }

  /// A refusal.
  record No(Refusal refusal) implements Reply {
    @Override
    public Outcome outcome(ClusterState state) {
      return new Outcome.Refused(refusal);
    }
  }

  /// A message as it is.
  record Plain(Message message) implements Reply {
    @Override
    public Outcome outcome(ClusterState state) {
      return new Outcome.Success(message);
    }
  }

  /// A workload as it is in the end, or as it last was when it is gone.
  record OfWorkload(Workload last) implements Reply {
    @Override
    public Outcome outcome(ClusterState state) {
      WorkloadRecord workload =
          state.workload(new WorkloadKey(last.getNamespace(), last.getName()));
      return new Outcome.Success(workload == null ? last : Views.workload(state, workload));
    }
  }

  /// A namespace as it is in the end.
  record OfNamespace(Namespace last) implements Reply {
    @Override
    public Outcome outcome(ClusterState state) {
      return new Outcome.Success(Views.namespace(state, last.getName()));
    }
  }

  /// A node as it is in the end, or as it last was when it is gone.
  record OfNode(Node last) implements Reply {
    @Override
    public Outcome outcome(ClusterState state) {
      NodeRecord node = state.node(last.getName());
      return new Outcome.Success(node == null ? last : Views.node(state, node));
    }
  }
}
