package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.InstanceWatch;
import dev.berth.cli.cluster.Listings;
import dev.berth.cli.cluster.Target;
import dev.berth.cli.term.FailureException;
import dev.berth.spec.Printable;
import dev.berth.v1.GetWorkloadRequest;
import dev.berth.v1.Health;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Waits until a workload or slot has become what was asked for.
public final class Settling {
  /// Reason of an instance whose node has no room for what was asked for.
  private static final String NO_ROOM = "NoRoomToGrow";

  private static final long POLL_NANOS = Duration.ofMillis(50).toNanos();

  private final Cluster cluster;
  private final Target target;

  /// @param target what is waited for
  public Settling(Cluster cluster, Target target) {
    this.cluster = cluster;
    this.target = target;
  }

  /// Waits until no instance of it lives.
  ///
  /// @throws FailureException after the time limit
  public void awaitStopped(long seconds) {
    await(seconds, "stopped", instances -> instances.stream().allMatch(Listings::isFinal));
  }

  /// Waits until every slot of this revision runs, or has completed where it is to complete.
  ///
  /// @param healthy also waits for health
  /// @param hears is told why slots find no node, each reason once: nobody may make room for them
  /// @throws FailureException after the time limit
  public void awaitRunning(
      Workload workload, boolean healthy, long seconds, Consumer<String> hears) {
    Set<String> told = new HashSet<>();
    await(
        seconds,
        healthy ? "healthy" : "running",
        instances -> {
          Set<Integer> good = new HashSet<>();
          for (Instance instance : instances) {
            failIfStuck(instance);
            String waits = instance.getStatus().getMessage();
            if (isPending(instance) && !waits.isEmpty() && told.add(waits)) {
              hears.accept(Printable.escape(instance.getName() + " waits: " + waits));
            }
            long has = instance.getStatus().getResourcesRevision();
            boolean current =
                instance.getWorkloadRevision() >= workload.getRevision()
                    && (has == 0 || has >= workload.getRevision());
            if (current && isGood(workload, instance, healthy)) {
              good.add(instance.getSlot());
            }
          }
          return good.size() >= wanted(workload);
        });
  }

  /// Waits until the workload is gone, or its name belongs to another one.
  ///
  /// @param uid of the workload that was deleted
  /// @throws FailureException after the time limit
  public void awaitGone(String uid, long seconds) {
    GetWorkloadRequest request =
        GetWorkloadRequest.newBuilder()
            .setNamespace(cluster.namespace())
            .setName(target.workload())
            .build();
    long deadline = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    while (true) {
      try {
        if (!cluster.workloads().getWorkload(request).getUid().equals(uid)) {
          return;
        }
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
          return;
        }
        throw e;
      }
      if (System.nanoTime() > deadline) {
        throw late("gone", seconds);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private void await(long seconds, String what, Predicate<Collection<Instance>> done) {
    InstanceWatch watch = new InstanceWatch(cluster, target);
    boolean reached = watch.until(Duration.ofSeconds(seconds), state -> done.test(state.values()));
    if (!reached) {
      throw late(what, seconds);
    }
  }

  private static void failIfStuck(Instance instance) {
    if (instance.getStatus().getReason().equals(NO_ROOM)) {
      throw new FailureException(
          1, Printable.escape(instance.getName() + ": " + instance.getStatus().getMessage()));
    }
  }

  private static boolean isPending(Instance instance) {
    return instance.getStatus().getState() == InstanceState.INSTANCE_STATE_PENDING;
  }

  private int wanted(Workload workload) {
    return target.isWhole() ? workload.getSpec().getReplicas() : 1;
  }

  private static boolean isGood(Workload workload, Instance instance, boolean healthy) {
    InstanceState state = instance.getStatus().getState();
    boolean batch = workload.getSpec().getType() == WorkloadType.WORKLOAD_TYPE_BATCH;
    if (batch && state == InstanceState.INSTANCE_STATE_COMPLETE) {
      return true;
    }
    return state == InstanceState.INSTANCE_STATE_RUNNING
        && !instance.getStatus().hasNextRestartTime()
        && (!healthy || instance.getStatus().getHealth() == Health.HEALTH_HEALTHY);
  }

  private FailureException late(String what, long seconds) {
    return new FailureException(
        1,
        target
            + " is not "
            + what
            + " after "
            + seconds
            + " s; see `berth ps -a -o wide "
            + target.workload()
            + "`");
  }
}
