package dev.berth.controller.rpc;

import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/// An instance that its agent can be asked to do something with.
///
/// @param instance as it was when it was found
/// @param agent who is asked
record CapableInstance(Instance instance, StreamBroker.Target agent) {
  /// Its identity.
  String id() {
    return instance.getId();
  }

  /// Checks what can be known here; the rest only the agent can tell.
  ///
  /// @param what is wanted of it, for messages: "the machine of web.1"
  /// @param capability that its driver must have
  /// @param missing for people: what a driver without it cannot do
  static CapableInstance of(
      ClusterState state, InstanceRecord found, String what, String capability, String missing) {
    Instance instance = found.message();
    String name = instance.getName();
    if (instance.getNode().isEmpty()) {
      throw refused(name + " has no node yet: 'berth why " + name + "' says what it waits for");
    }
    StreamBroker.Target target = StreamBroker.Target.of(state, found, what);
    @Nullable NodeRecord node = state.node(instance.getNode());
    // What a driver can do that is not available now, only its agent can tell.
    if (Capabilities.isAvailable(node, instance) && !Capabilities.has(node, instance, capability)) {
      throw refused("%s: node %s %s".formatted(name, instance.getNode(), missing));
    }
    return new CapableInstance(instance, target);
  }

  /// The same for something that only a running instance can do.
  static CapableInstance running(
      ClusterState state, InstanceRecord found, String capability, String missing) {
    String name = found.message().getName();
    if (found.message().getStatus().getState() != InstanceState.INSTANCE_STATE_RUNNING) {
      throw refused(name + " does not run: 'berth ps -a " + name + "' shows it");
    }
    return of(state, found, name, capability, missing);
  }

  static StatusRuntimeException refused(String message) {
    return StatusMapper.refused(RefusalCode.FAILED_PRECONDITION, message);
  }
}
