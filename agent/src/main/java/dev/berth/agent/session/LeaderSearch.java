package dev.berth.agent.session;

import dev.berth.client.ControllerAddress;
import java.util.List;
import java.util.Optional;

/// Says whom to dial next: the leader that a controller names, at once, or in its turn in a large
/// cluster; otherwise one controller after the other, with waits that grow while none of them
/// leads. Not thread-safe.
final class LeaderSearch {
  /// Controllers that send an agent on and on do not know who leads.
  private static final int HOPS_MAX = 3;

  private final List<ControllerAddress> controllers;
  private final BackOff backOff;
  private int at;
  private int hops;

  /// Whom to dial and when.
  ///
  /// @param waitMillis from now
  record Dial(ControllerAddress address, long waitMillis) {}

  /// How a session with a controller ended, or why there was none.
  ///
  /// @param lasted whether it was open for a while
  /// @param allLeave whether the controller ended all its sessions: each agent dials in its turn
  /// @param leader whom the controller named as the leader; empty when it named nobody
  record End(boolean lasted, boolean allLeave, Optional<ControllerAddress> leader) {}

  /// @param controllers tried in this order; not empty
  LeaderSearch(List<ControllerAddress> controllers, BackOff backOff) {
    this.controllers = List.copyOf(controllers);
    this.backOff = backOff;
  }

  Dial first() {
    return new Dial(controllers.getFirst(), 0);
  }

  /// @param tried the controller whose session ended
  Dial next(ControllerAddress tried, End end) {
    if (end.lasted()) {
      backOff.reset();
      hops = 0;
    }
    if (end.allLeave()) {
      backOff.takeTurn();
    }
    Optional<ControllerAddress> leader = end.leader().filter(each -> !each.equals(tried));
    if (leader.isPresent() && hops < HOPS_MAX) {
      hops++;
      return new Dial(leader.get(), backOff.redirectedMillis());
    }
    hops = 0;
    at = (at + 1) % controllers.size();
    return new Dial(controllers.get(at), backOff.nextMillis());
  }
}
