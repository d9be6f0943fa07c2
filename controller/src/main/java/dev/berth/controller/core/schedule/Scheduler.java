package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.NodeRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Finds a node for a slot: filter, score, choose host ports. Pure; the caller reserves.
public final class Scheduler {
  private final PlacementPolicy policy;

  /// A scheduler by a policy.
  public Scheduler(PlacementPolicy policy) {
    this.policy = policy;
  }

  /// The best node, by score and then by name, or why there is none.
  public Placement place(ClusterState state, PlacementRequest request, RandomGenerator random) {
    List<Verdict.Rejected> rejected = new ArrayList<>();
    Verdict.@Nullable Fits best = null;
    for (NodeRecord node : state.nodes().values()) {
      switch (judge(new Candidate(node, state.usage(node.name())), request)) {
        case Verdict.Fits fits -> best = best == null || fits.score() > best.score() ? fits : best;
        case Verdict.Rejected refused -> rejected.add(refused);
      }
    }
    if (best == null) {
      return VerdictSummary.of(rejected);
    }
    NodeRecord node = java.util.Objects.requireNonNull(state.node(best.node()));
    Candidate chosen = new Candidate(node, state.usage(node.name()));
    return new Placement.Placed(
        node.name(), PortAllocator.allocate(chosen, request.spec(), random));
  }

  /// What becomes of one node.
  Verdict judge(Candidate candidate, PlacementRequest request) {
    String node = candidate.node().name();
    for (PlacementFilter filter : policy.filters()) {
      Rejection rejection = filter.reject(candidate, request);
      if (rejection != null) {
        return new Verdict.Rejected(node, rejection);
      }
    }
    double score = 0;
    for (PlacementPolicy.Weighted wish : policy.scorers()) {
      score += wish.weight() * wish.scorer().score(candidate, request);
    }
    return new Verdict.Fits(node, score);
  }
}
