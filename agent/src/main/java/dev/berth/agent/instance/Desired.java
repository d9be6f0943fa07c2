package dev.berth.agent.instance;

import dev.berth.spec.Durations;
import dev.berth.spec.WorkloadDefaults;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.DesiredState;
import dev.berth.v1.LostPolicy;
import java.time.Duration;

/// What is wanted of an instance.
public sealed interface Desired {
  /// Nobody has said yet: it is left as it is.
  record Keep() implements Desired {}

  /// Run it.
  record Run(AssignedInstance instance) implements Desired {}

  /// Stop it: contact with the controllers was too old for it to run on. It has failed then, and
  /// does not run again.
  record Fenced(AssignedInstance instance) implements Desired {}

  /// Stop it and keep what it leaves.
  record Stop(AssignedInstance instance) implements Desired {}

  /// Stop it and remove all that is left of it.
  ///
  /// @param grace between the polite stop and the kill
  record Remove(Duration grace) implements Desired {}

  /// What an assignment wants.
  static Desired of(AssignedInstance instance) {
    return instance.getDesiredState() == DesiredState.DESIRED_STATE_STOP
        ? new Stop(instance)
        : new Run(instance);
  }

  /// Whether an instance must not run longer than this node has contact with a controller.
  static boolean needsContact(AssignedInstance instance) {
    return instance.getSpec().getLostPolicy() == LostPolicy.LOST_POLICY_FENCE;
  }

  /// The grace of the next stop of an assigned instance.
  static Duration grace(AssignedInstance instance) {
    if (instance.hasStopGrace()) {
      return Durations.fromProto(instance.getStopGrace());
    }
    return instance.getSpec().hasStopGrace()
        ? Durations.fromProto(instance.getSpec().getStopGrace())
        : WorkloadDefaults.CONTAINER_STOP_GRACE;
  }

  /// What is wanted when `next` is said after this. A stop is taken back only by a new start of
  /// what was stopped: states only move forward within one start.
  default Desired then(Desired next) {
    if (!(this instanceof Remove) && next.startGeneration() > startGeneration()) {
      return next;
    }
    return next.rank() < rank() ? this : next;
  }

  /// Which start it is about; 0 also where nothing says it.
  default long startGeneration() {
    return switch (this) {
      case Keep _, Remove _ -> 0;
      case Run(AssignedInstance instance) -> instance.getStartGeneration();
      case Fenced(AssignedInstance instance) -> instance.getStartGeneration();
      case Stop(AssignedInstance instance) -> instance.getStartGeneration();
    };
  }

  private int rank() {
    return switch (this) {
      case Keep _ -> 0;
      case Run _ -> 1;
      case Fenced _ -> 2;
      case Stop _ -> 3;
      case Remove _ -> 4;
    };
  }
}
