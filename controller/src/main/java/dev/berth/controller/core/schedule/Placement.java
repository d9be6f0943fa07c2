package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.Explanation;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.v1.Device;
import dev.berth.v1.PortBinding;
import java.util.List;

/// Where a slot goes.
public sealed interface Placement {
  /// Why.
  Explanation explanation();

  /// A node will do.
  ///
  /// @param node its name
  /// @param ports host ports that nothing else holds there
  /// @param devices devices that nothing else holds there
  record Placed(String node, List<PortBinding> ports, List<Device> devices, Explanation explanation)
      implements Placement {}

  /// A node will do once some instances have ended, which are to be stopped now.
  ///
  /// @param node its name
  /// @param victims instances of less priority, to be stopped; empty: enough is ending already
  /// @param message for people
  record Preempting(
      String node, List<InstanceRecord> victims, String message, Explanation explanation)
      implements Placement {}

  /// No node will do.
  ///
  /// @param reason one CamelCase word: "NoNodes", "NoCapacity", "NoNodeFits", "QuotaExceeded"
  /// @param message for people, such as "0 of 3 nodes fit: 2 CPU (need 500m, at most 200m free), 1
  ///     cordoned"
  record Unplaced(String reason, String message, Explanation explanation) implements Placement {}
}
