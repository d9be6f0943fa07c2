package dev.berth.agent.session;

import dev.berth.agent.security.Membership;
import dev.berth.client.ControllerAddress;
import java.util.List;

/// Whom to dial, and as whom.
///
/// @param controllers tried in this order; not empty
/// @param membership of this node
public record SessionSettings(List<ControllerAddress> controllers, Membership membership) {
  public SessionSettings {
    controllers = List.copyOf(controllers);
  }
}
