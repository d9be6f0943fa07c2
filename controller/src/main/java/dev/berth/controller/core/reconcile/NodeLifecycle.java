package dev.berth.controller.core.reconcile;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.NodeRecord.Liveness;
import dev.berth.v1.NodeState;
import java.util.ArrayList;
import java.util.List;

/// Calls silent nodes suspect and then lost, unless so many fall silent together that the fault is
/// rather ours: the mass-loss brake.
public final class NodeLifecycle {
  private static final long BRAKE_WINDOW_MILLIS = 60_000;
  private static final int BRAKE_NODES = 3;
  private static final int BRAKE_PERCENT = 30;

  private final long suspectMillis;
  private final long lostMillis;

  /// With the silences, in milliseconds, after which a node is suspect and lost.
  public NodeLifecycle(long suspectMillis, long lostMillis) {
    this.suspectMillis = suspectMillis;
    this.lostMillis = lostMillis;
  }

  /// Nodes whose state changes because time went by, as they are afterwards.
  ///
  /// @param now monotonic milliseconds
  public List<NodeRecord> elapsed(ClusterState state, long now) {
    List<NodeRecord> changed = new ArrayList<>();
    for (NodeRecord node : state.nodes().values()) {
      Liveness liveness = node.liveness();
      long silence = now - liveness.heardMillis();
      if (liveness.state() == NodeState.NODE_STATE_LOST || silence < suspectMillis) {
        continue;
      }
      Liveness next = liveness;
      if (silence >= lostMillis && !isBraked(state, node, now)) {
        next =
            liveness
                .in(NodeState.NODE_STATE_LOST, silent(silence) + " Its slots follow their policy.")
                .with(liveness.session().ended());
      } else if (silence >= lostMillis) {
        next = liveness.in(liveness.state(), BRAKED);
      } else if (liveness.state() == NodeState.NODE_STATE_READY) {
        next = liveness.in(NodeState.NODE_STATE_SUSPECT, silent(silence) + " Gets no new slots.");
      }
      if (!next.equals(liveness)) {
        changed.add(node.with(next));
      }
    }
    return changed;
  }

  private static final String BRAKED =
      "Silent together with many others: nothing is replaced until nodes return. Check the network"
          + " between the controller and the nodes, and that the agents run.";

  private static String silent(long silence) {
    return "Not heard for " + silence / 1000 + " s.";
  }

  private boolean isBraked(ClusterState state, NodeRecord node, long now) {
    int silent = 0;
    for (NodeRecord other : state.nodes().values()) {
      long heard = other.liveness().heardMillis();
      if (now - heard >= suspectMillis
          && Math.abs(heard - node.liveness().heardMillis()) <= BRAKE_WINDOW_MILLIS) {
        silent++;
      }
    }
    return silent >= BRAKE_NODES && silent * 100 > BRAKE_PERCENT * state.nodes().size();
  }
}
