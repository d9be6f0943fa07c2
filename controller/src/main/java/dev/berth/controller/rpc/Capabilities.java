package dev.berth.controller.rpc;

import dev.berth.controller.core.model.NodeRecord;
import dev.berth.v1.Kind;
import org.jspecify.annotations.Nullable;

/// What the drivers of nodes can do besides running things.
final class Capabilities {
  private Capabilities() {}

  /// Whether a node's driver of a kind has a capability.
  ///
  /// @param name as [dev.berth.v1.DriverDescription#getCapabilitiesList] has it
  static boolean has(@Nullable NodeRecord node, Kind kind, String name) {
    return node != null
        && node.message().getDescription().getDriversList().stream()
            .anyMatch(
                driver -> driver.getKind() == kind && driver.getCapabilitiesList().contains(name));
  }

  /// Whether a node's driver of a kind can be used now; one that cannot does not know what it could
  /// do.
  static boolean isAvailable(@Nullable NodeRecord node, Kind kind) {
    return node != null
        && node.message().getDescription().getDriversList().stream()
            .anyMatch(driver -> driver.getKind() == kind && driver.getAvailable());
  }
}
