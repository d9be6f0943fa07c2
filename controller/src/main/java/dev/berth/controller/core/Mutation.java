package dev.berth.controller.core;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NamespaceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.TokenRecord;
import dev.berth.controller.core.model.Wakeup;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.core.model.WorkloadRecord;

/// One change of the [ClusterState]. Durable ones are committed to the store before anyone sees
/// their effect; soft ones are
/// never stored and are lost when the leader changes, each saying what that costs.
public sealed interface Mutation {
  /// The state after this change.
  ClusterState applyTo(ClusterState state);

  /// Stored before it counts.
  sealed interface Durable extends Mutation {}

  /// Never stored.
  sealed interface Soft extends Mutation {}

  /// Adds or replaces a workload.
  record PutWorkload(WorkloadRecord workload) implements Durable {
    @Override
    public ClusterState applyTo(ClusterState state) {
      return state.plus(workload);
    }
  }

  /// Removes a workload.
  record RemoveWorkload(WorkloadKey key) implements Durable {
    @Override
    public ClusterState applyTo(ClusterState state) {
      return state.minusWorkload(key);
    }
  }

  /// Adds or replaces an instance that has a node.
  record PutInstance(InstanceRecord instance) implements Durable {
    @Override
    public ClusterState applyTo(ClusterState state) {
      return state.plus(instance);
    }
  }

  /// Removes an instance that has a node.
  ///
  /// @param id its identity
  /// @param node its node, whose assignments change
  record RemoveInstance(String id, String node) implements Durable {
    @Override
    public ClusterState applyTo(ClusterState state) {
      return state.minusInstance(id);
    }
  }

  /// Adds or replaces a node.
  record PutNode(NodeRecord node) implements Durable {
    @Override
    public ClusterState applyTo(ClusterState state) {
      return state.plus(node);
    }
  }

  /// Removes a node.
  record RemoveNode(String name) implements Durable {
    @Override
    public ClusterState applyTo(ClusterState state) {
      return state.minusNode(name);
    }
  }

  /// Adds or replaces a token.
  record PutToken(TokenRecord token) implements Durable {
    @Override
    public ClusterState applyTo(ClusterState state) {
      return state.plus(token);
    }
  }

  /// Removes a token.
  record RemoveToken(String id) implements Durable {
    @Override
    public ClusterState applyTo(ClusterState state) {
      return state.minusToken(id);
    }
  }

  /// Adds or replaces a namespace.
  record PutNamespace(NamespaceRecord namespace) implements Durable {
    @Override
    public ClusterState applyTo(ClusterState state) {
      return state.plus(namespace);
    }
  }

  /// Forgets a stored namespace.
  record RemoveNamespace(String name) implements Durable {
    @Override
    public ClusterState applyTo(ClusterState state) {
      return state.minusNamespace(name);
    }
  }

  /// What an agent reported of an instance that goes on. Soft: agents report it again to a new
  /// leader.
  record ObserveInstance(InstanceRecord instance) implements Soft {
    @Override
    public ClusterState applyTo(ClusterState state) {
      return state.plus(instance);
    }
  }

  /// An instance that waits for a node. Soft: a new leader finds the empty slot again.
  record PutPending(InstanceRecord instance) implements Soft {
    @Override
    public ClusterState applyTo(ClusterState state) {
      return state.plus(instance);
    }
  }

  /// Forgets an instance that never had a node. Soft, as it was.
  record RemovePending(String id) implements Soft {
    @Override
    public ClusterState applyTo(ClusterState state) {
      return state.minusInstance(id);
    }
  }

  /// Whether a node is heard. Soft: a new leader grants every node the full lost timeout.
  record ObserveNode(NodeRecord node) implements Soft {
    @Override
    public ClusterState applyTo(ClusterState state) {
      return state.plus(node);
    }
  }

  /// When a workload is to be looked at again. Soft: a new leader looks at all of them first.
  record PutWakeup(Wakeup wakeup) implements Soft {
    @Override
    public ClusterState applyTo(ClusterState state) {
      return state.plus(wakeup);
    }
  }

  /// A workload need not be looked at again by itself. Soft, as it was.
  record RemoveWakeup(WorkloadKey workload) implements Soft {
    @Override
    public ClusterState applyTo(ClusterState state) {
      return state.minusWakeup(workload);
    }
  }

  /// Keeps the room on a node that others are leaving for an instance that waits. Soft: a new
  /// leader places the instance anew, there or elsewhere.
  record Nominate(String instance, String node) implements Soft {
    @Override
    public ClusterState applyTo(ClusterState state) {
      return state.nominating(instance, node);
    }
  }
}
