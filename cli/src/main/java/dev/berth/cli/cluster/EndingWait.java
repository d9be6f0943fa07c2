package dev.berth.cli.cluster;

import dev.berth.cli.term.FailureException;
import dev.berth.v1.GetWorkloadRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.Workload;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.function.Consumer;

/// Follows a workload or slot until it has run for good.
public final class EndingWait {
  /// Longer than the pause before a failed batch slot gets its second instance.
  private static final Duration QUIET = Duration.ofSeconds(45);

  private final Cluster cluster;
  private final Target target;
  private final Ending ending;
  private boolean seen;

  /// @param workload as the controller answered it
  public EndingWait(Cluster cluster, Target target, Workload workload) {
    this.cluster = cluster;
    this.target = target;
    this.ending = new Ending(workload, target);
  }

  /// Waits for the end.
  ///
  /// @param limit how long at most
  /// @param observer sees the instances at each change, before the end is judged
  /// @return how it ended, or what is known when the limit came first
  /// @throws FailureException when the workload is removed meanwhile, or the limit comes first
  public Ending await(Duration limit, Consumer<Collection<Instance>> observer) {
    long deadline = System.nanoTime() + limit.toNanos();
    Map<?, ?>[] last = {Map.of()};
    while (true) {
      Duration left = Duration.ofNanos(deadline - System.nanoTime());
      Duration slice = left.compareTo(QUIET) < 0 ? left : QUIET;
      boolean[] changed = {false};
      boolean reached =
          new InstanceWatch(cluster, target)
              .until(
                  slice,
                  state -> {
                    changed[0] |= !state.equals(last[0]);
                    last[0] = Map.copyOf(state);
                    observer.accept(state.values());
                    requirePresent(state);
                    return ending.isReached(state.values(), false);
                  });
      if (reached || (!changed[0] && slice.equals(QUIET) && quietlyReached(last[0]))) {
        return ending;
      }
      if (System.nanoTime() >= deadline) {
        throw new FailureException(
            Ending.NO_CODE, target + " has not ended after " + limit.toSeconds() + " s");
      }
    }
  }

  private boolean quietlyReached(Map<?, ?> state) {
    var instances = state.values().stream().map(Instance.class::cast).toList();
    return ending.isReached(instances, true);
  }

  private void requirePresent(Map<String, Instance> state) {
    if (!state.isEmpty()) {
      seen = true;
      return;
    }
    if (!seen) {
      return;
    }
    try {
      var _ =
          cluster
              .workloads()
              .getWorkload(
                  GetWorkloadRequest.newBuilder()
                      .setNamespace(cluster.namespace())
                      .setName(target.workload())
                      .build());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        throw new FailureException(Ending.NO_CODE, target + " was removed meanwhile");
      }
      throw e;
    }
  }
}
