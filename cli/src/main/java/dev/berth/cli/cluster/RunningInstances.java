package dev.berth.cli.cluster;

import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.KillInstanceRequest;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/// What runs of a workload or a slot, and is asked for something one by one.
///
/// @param all in the order of the slots; never empty
public record RunningInstances(List<Instance> all) {
  /// Copies the list.
  public RunningInstances {
    all = List.copyOf(all);
  }

  /// Those of a target.
  ///
  /// @throws FailureException when nothing of it runs
  public static RunningInstances of(Cluster cluster, Target target) {
    return of(cluster, target, RunningInstances::runs);
  }

  /// Those of a target, and those that are being stopped.
  ///
  /// @throws FailureException when nothing of it lives
  public static RunningInstances orStopping(Cluster cluster, Target target) {
    return of(
        cluster,
        target,
        each -> runs(each) || each.getStatus().getState() == InstanceState.INSTANCE_STATE_STOPPING);
  }

  private static RunningInstances of(Cluster cluster, Target target, Predicate<Instance> isWanted) {
    List<Instance> running =
        Listings.ofWorkload(cluster, target.workload()).getInstancesList().stream()
            .filter(each -> target.isWhole() || target.slots().contains(each.getSlot()))
            .filter(isWanted)
            .toList();
    if (running.isEmpty()) {
      throw failure("it does not run; see `berth ps -a " + target.workload() + "`");
    }
    return new RunningInstances(running);
  }

  /// Whether it runs now, and does not wait for its restart.
  public static boolean runs(Instance instance) {
    return instance.getStatus().getState() == InstanceState.INSTANCE_STATE_RUNNING
        && !instance.getStatus().hasNextRestartTime();
  }

  /// Asks each, which answers with one message when it is done. A refusal says whose it is.
  ///
  /// @param ask asks the instance with an id
  /// @throws FailureException when one does not answer
  public void ask(Function<String, Iterator<?>> ask) {
    for (Instance instance : all) {
      try {
        if (!ask.apply(instance.getId()).hasNext()) {
          throw failure("the controller did not say whether it was done; see `berth ps`");
        }
      } catch (StatusRuntimeException e) {
        if (all.size() == 1) {
          throw e;
        }
        throw new StatusRuntimeException(
            e.getStatus()
                .withDescription(instance.getName() + ": " + e.getStatus().getDescription()));
      }
    }
  }

  /// Sends each a signal.
  ///
  /// @param signal a name or a number, as `berth kill` takes them
  /// @throws FailureException when one does not answer
  public void signal(Cluster cluster, String signal) {
    ask(
        id ->
            cluster
                .instances()
                .killInstance(
                    KillInstanceRequest.newBuilder()
                        .setNamespace(cluster.namespace())
                        .setInstance(id)
                        .setSignal(signal)
                        .build()));
  }

  private static FailureException failure(String message) {
    return new FailureException(ExitCode.FAILURE, message);
  }
}
