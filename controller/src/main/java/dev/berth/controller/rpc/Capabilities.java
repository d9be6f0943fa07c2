package dev.berth.controller.rpc;

import dev.berth.controller.core.model.NodeRecord;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Instance;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the drivers of nodes can do besides running things.
final class Capabilities {
  private Capabilities() {}

  /// Whether the driver that has an instance has a capability.
  ///
  /// @param name as [DriverDescription#getCapabilitiesList] has it
  static boolean has(@Nullable NodeRecord node, Instance instance, String name) {
    return drivers(node, instance).anyMatch(each -> each.getCapabilitiesList().contains(name));
  }

  /// Whether the driver that has an instance can be used now; one that cannot does not know what it
  /// could do.
  static boolean isAvailable(@Nullable NodeRecord node, Instance instance) {
    return drivers(node, instance).anyMatch(DriverDescription::getAvailable);
  }

  /// All of its kind while it is not known which one has it.
  private static Stream<DriverDescription> drivers(@Nullable NodeRecord node, Instance instance) {
    String name = instance.getStatus().getDriver();
    return node == null
        ? Stream.empty()
        : node.message().getDescription().getDriversList().stream()
            .filter(each -> each.getKind() == instance.getKind())
            .filter(each -> name.isEmpty() || each.getName().equals(name));
  }
}
