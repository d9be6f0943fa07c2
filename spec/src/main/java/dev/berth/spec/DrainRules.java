package dev.berth.spec;

import dev.berth.v1.DrainNodeRequest;
import java.time.Duration;
import java.util.List;

/// The bounds of a request to drain a node.
public final class DrainRules {
  /// Instances on the way at once when the request does not say.
  public static final int MAX_PARALLEL_DEFAULT = 10;

  /// The longest deadline.
  public static final Duration DEADLINE_MAX = Duration.ofDays(7);

  private static final int MAX_PARALLEL_MAX = 1000;

  private DrainRules() {}

  /// Everything that is wrong with the request; paths are below it: `max_parallel`.
  public static List<Violation> validate(DrainNodeRequest request) {
    Findings findings = new Findings();
    findings.check("name", Names.nodeProblem(request.getName()));
    if (request.hasDeadline()) {
      findings.duration("deadline", request.getDeadline(), Duration.ZERO, DEADLINE_MAX);
    }
    findings.range("max_parallel", request.getMaxParallel(), 0, MAX_PARALLEL_MAX);
    return findings.asList();
  }

  /// Most instances on the way at once, with the default filled in.
  public static int maxParallel(DrainNodeRequest request) {
    return request.getMaxParallel() == 0 ? MAX_PARALLEL_DEFAULT : request.getMaxParallel();
  }
}
