package dev.berth.simulation;

import dev.berth.controller.core.ClusterEvent;
import dev.berth.simulation.fault.Bugs;
import dev.berth.simulation.fault.PlantedBug;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.Workload;
import java.util.function.LongFunction;

/// What planted bugs do to users' requests.
final class RequestBugs {
  private RequestBugs() {}

  static LongFunction<ClusterEvent.Request> applyTo(
      LongFunction<ClusterEvent.Request> request, Bugs bugs) {
    return bugs.has(PlantedBug.HOLD_AS_REPLACE) ? id -> replaced(request.apply(id)) : request;
  }

  private static ClusterEvent.Request replaced(ClusterEvent.Request request) {
    return switch (request) {
      case ClusterEvent.CreateWorkload create ->
          new ClusterEvent.CreateWorkload(
              create.requestId(),
              create.request().toBuilder()
                  .setWorkload(replaced(create.request().getWorkload()))
                  .build());
      case ClusterEvent.UpdateWorkload update ->
          new ClusterEvent.UpdateWorkload(
              update.requestId(),
              update.request().toBuilder()
                  .setWorkload(replaced(update.request().getWorkload()))
                  .build());
      default -> request;
    };
  }

  private static Workload replaced(Workload workload) {
    Workload.Builder changed = workload.toBuilder();
    changed.getSpecBuilder().setLostPolicy(LostPolicy.LOST_POLICY_REPLACE);
    return changed.build();
  }
}
