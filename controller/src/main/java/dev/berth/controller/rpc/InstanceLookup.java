package dev.berth.controller.rpc;

import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.spec.Printable;
import dev.berth.spec.SlotName;
import java.util.Collection;
import java.util.regex.Pattern;

/// Finds the instance that a user means: by id, by a unique prefix of an id, or by a slot's name.
final class InstanceLookup {
  private static final Pattern PREFIX = Pattern.compile("[0-9a-f]{1,32}");

  private InstanceLookup() {}

  /// @param namespace where it must be
  /// @param text what the user wrote
  static InstanceRecord find(ClusterState state, String namespace, String text) {
    SlotName slot = SlotName.parse(text);
    if (slot != null) {
      WorkloadKey workload = new WorkloadKey(namespace, slot.workload());
      Collection<InstanceRecord> attempts = state.instancesOf(workload, slot.slot());
      if (attempts.isEmpty()) {
        throw notFound(namespace, text);
      }
      return attempts.iterator().next();
    }
    if (!PREFIX.matcher(text).matches()) {
      throw StatusMapper.badField(
          "instance",
          "value: %s (expected: an id, the beginning of an id, or a slot's name such as \"web.2\")"
              .formatted(Printable.quote(text)));
    }
    InstanceRecord found = null;
    for (InstanceRecord instance : state.instances().tailMap(text).values()) {
      if (!instance.id().startsWith(text)) {
        break;
      }
      if (instance.message().getNamespace().equals(namespace)) {
        if (found != null) {
          throw StatusMapper.badField(
              "instance",
              "value: %s fits several instances, %s and %s among them (expected: more digits)"
                  .formatted(Printable.quote(text), found.id(), instance.id()));
        }
        found = instance;
      }
    }
    if (found == null) {
      throw notFound(namespace, text);
    }
    return found;
  }

  private static io.grpc.StatusRuntimeException notFound(String namespace, String text) {
    return StatusMapper.refused(
        RefusalCode.NOT_FOUND,
        "no instance %s in namespace %s: 'berth ps -a' lists those there are"
            .formatted(Printable.quote(text), namespace));
  }
}
