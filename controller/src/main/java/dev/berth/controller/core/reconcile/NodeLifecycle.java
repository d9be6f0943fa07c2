package dev.berth.controller.core.reconcile;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.NodeRecord.Liveness;
import dev.berth.v1.NodeState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Calls silent nodes suspect and then lost, unless so many fall silent together that the fault is
/// rather ours: the mass-loss brake.
public final class NodeLifecycle {
  private static final long BRAKE_WINDOW_MILLIS = 60_000;
  private static final int BRAKE_NODES = 3;
  private static final int BRAKE_PERCENT = 30;

  private final long suspectMillis;
  private final long lostMillis;
  private final Returns returns;
  private long calmEpoch;
  private long calmUntil;

  /// With the silences, in milliseconds, after which a node is suspect and lost.
  public NodeLifecycle(long suspectMillis, long lostMillis) {
    this.suspectMillis = suspectMillis;
    this.lostMillis = lostMillis;
    this.returns = new Returns(lostMillis / 2);
  }

  /// Nodes whose state changes because time went by, as they are afterwards.
  ///
  /// @param now monotonic milliseconds
  public List<NodeRecord> elapsed(ClusterState state, long now) {
    // Nodes are only ever heard later than they were: until the first of those that were heard
    // could be silent, nothing can come of looking at all of them.
    if (state.epoch() == calmEpoch && now < calmUntil) {
      return List.of();
    }
    calmEpoch = state.epoch();
    calmUntil = now + suspectMillis;
    returns.look(state, now);
    Silence silence = new Silence(state, now, suspectMillis);
    List<NodeRecord> changed = new ArrayList<>();
    for (NodeRecord node : state.nodes().values()) {
      Liveness liveness = node.liveness();
      if (liveness.state() == NodeState.NODE_STATE_LOST) {
        continue;
      }
      long suspectAt = liveness.heardMillis() + liveness.suspectAfter(suspectMillis);
      calmUntil = Math.min(calmUntil, suspectAt);
      if (now >= suspectAt) {
        Liveness next = judge(liveness, silence, now);
        if (!next.equals(liveness)) {
          changed.add(node.with(next));
        }
      }
    }
    return changed;
  }

  private Liveness judge(Liveness liveness, Silence others, long now) {
    long silence = now - liveness.heardMillis();
    boolean inLine = liveness.state() == NodeState.NODE_STATE_UNKNOWN && returns.goOn(now);
    boolean tooLong = silence >= lostMillis && !inLine;
    if (tooLong && others.isBraked(liveness.heardMillis())) {
      return liveness.in(liveness.state(), BRAKED);
    }
    if (tooLong && liveness.note().equals(BRAKED)) {
      // Those who were cut off together come back one after the other: who is not among the first
      // is not lost.
      return new Liveness(
          liveness.state(), RELEASED, now, liveness.heardTime(), liveness.session());
    }
    if (tooLong) {
      return liveness
          .in(NodeState.NODE_STATE_LOST, silent(silence) + " Its slots follow their policy.")
          .with(liveness.session().ended());
    }
    return liveness.state() == NodeState.NODE_STATE_READY
        ? liveness.in(NodeState.NODE_STATE_SUSPECT, silent(silence) + " Gets no new slots.")
        : liveness;
  }

  private static final String BRAKED =
      "Silent together with many others: nothing is replaced until nodes return. Check the network"
          + " between the controller and the nodes, and that the agents run.";

  private static final String RELEASED =
      "Was silent together with many others, some of which are heard again: it has the time of a"
          + " node that just fell silent.";

  private static String silent(long silence) {
    return "Not heard for " + silence / 1000 + " s.";
  }

  /// How the nodes come back to a new leader. Each handshake takes it some time, and in a large
  /// cluster all of them longer than the lost timeout: who stands in line is not lost.
  private static final class Returns {
    private final long pauseMillis;
    private long epoch;
    private long expected;
    private long lastMillis;

    /// @param pauseMillis when none came back for so long, none is in line any more
    Returns(long pauseMillis) {
      this.pauseMillis = pauseMillis;
    }

    void look(ClusterState state, long now) {
      long unheard =
          state.nodes().values().stream()
              .filter(node -> node.state() == NodeState.NODE_STATE_UNKNOWN)
              .count();
      if (state.epoch() != epoch || unheard < expected) {
        lastMillis = now;
      }
      epoch = state.epoch();
      expected = unheard;
    }

    boolean goOn(long now) {
      return now - lastMillis < pauseMillis;
    }
  }

  /// When the silent nodes were last heard, found out when first asked for.
  private static final class Silence {
    private final ClusterState state;
    private final long now;
    private final long suspectMillis;
    private long @Nullable [] heard;

    Silence(ClusterState state, long now, long suspectMillis) {
      this.state = state;
      this.now = now;
      this.suspectMillis = suspectMillis;
    }

    /// Whether so many fell silent around then that the fault is rather ours.
    boolean isBraked(long heardMillis) {
      long[] all = heard();
      int silent =
          countBelow(all, heardMillis + BRAKE_WINDOW_MILLIS + 1)
              - countBelow(all, heardMillis - BRAKE_WINDOW_MILLIS);
      return silent >= BRAKE_NODES && silent * 100L > (long) BRAKE_PERCENT * state.nodes().size();
    }

    private long[] heard() {
      long[] known = heard;
      if (known == null) {
        known =
            state.nodes().values().stream()
                .map(NodeRecord::liveness)
                .filter(each -> now - each.heardMillis() >= each.suspectAfter(suspectMillis))
                .mapToLong(Liveness::heardMillis)
                .sorted()
                .toArray();
        heard = known;
      }
      return known;
    }

    private static int countBelow(long[] sorted, long bound) {
      int low = 0;
      int high = sorted.length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (sorted[middle] < bound) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }
  }
}
