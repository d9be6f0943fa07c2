package dev.berth.controller.core.schedule;

import dev.berth.v1.PortBinding;
import java.util.List;

/// Where a slot goes.
public sealed interface Placement {
  /// A node will do.
  ///
  /// @param node its name
  /// @param ports host ports that nothing else holds there
  record Placed(String node, List<PortBinding> ports) implements Placement {}

  /// No node will do.
  ///
  /// @param reason one CamelCase word: "NoNodes", "NoCapacity", "NoNodeFits"
  /// @param message for people, such as "0 of 3 nodes fit: 2 CPU (need 500m, free 200m), 1
  ///     cordoned"
  record Unplaced(String reason, String message) implements Placement {}
}
