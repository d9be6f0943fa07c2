package dev.berth.controller.rpc;

import dev.berth.controller.core.RefusalCode;
import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.Explanation;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.WorkloadKey;
import dev.berth.controller.loop.Snapshot;
import dev.berth.spec.Printable;
import dev.berth.spec.SlotName;
import dev.berth.v1.ExplainPlacementRequest;
import dev.berth.v1.ExplainPlacementResponse;
import dev.berth.v1.PlacementDecision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Why slots are where they are, or wait, as the scheduler found when it decided.
final class PlacementAnswers {
  private static final String QUESTION = "placements";
  private static final Comparator<InstanceRecord> ORDER =
      Comparator.comparingInt((InstanceRecord instance) -> instance.isPending() ? 0 : 1)
          .thenComparingInt(InstanceRecord::slot);

  private PlacementAnswers() {}

  static ExplainPlacementResponse answer(Snapshot now, ExplainPlacementRequest request) {
    List<InstanceRecord> all = asked(now.state(), request);
    all.sort(ORDER);
    List<String> last = Paging.position(request.getPageToken(), QUESTION, 1);
    int from = last.isEmpty() ? 0 : from(all, last.getFirst());
    Paging.Page<PlacementDecision> page =
        Paging.page(
            all.subList(from, all.size()).iterator(),
            Paging.size(request.getPageSize()),
            QUESTION,
            PlacementAnswers::view,
            instance -> List.of(position(instance)));
    return ExplainPlacementResponse.newBuilder()
        .addAllDecisions(page.items())
        .setNextPageToken(page.nextToken())
        .setRevision(now.revision())
        .build();
  }

  /// The first that comes after a position, however the state has changed since.
  private static int from(List<InstanceRecord> all, String last) {
    int index = 0;
    while (index < all.size() && position(all.get(index)).compareTo(last) <= 0) {
      index++;
    }
    return index;
  }

  private static String position(InstanceRecord instance) {
    return "%d%05d".formatted(instance.isPending() ? 0 : 1, instance.slot());
  }

  private static List<InstanceRecord> asked(ClusterState state, ExplainPlacementRequest request) {
    String namespace = Namespaces.one(request.getNamespace());
    WorkloadKey workload = new WorkloadKey(namespace, request.getTarget());
    List<InstanceRecord> found = new ArrayList<>();
    if (state.workload(workload) != null) {
      int slot = 0;
      for (InstanceRecord instance : state.instancesOf(workload)) {
        if (instance.slot() != slot && !instance.isFinal()) {
          found.add(instance);
        }
        slot = instance.slot();
      }
    } else if (SlotName.parse(request.getTarget()) != null
        || request.getTarget().matches("[0-9a-f]{1,32}")) {
      found.add(InstanceLookup.find(state, namespace, request.getTarget()));
    } else {
      throw StatusMapper.refused(
          RefusalCode.NOT_FOUND,
          "no workload %s in namespace %s: 'berth ps -a' shows what there is"
              .formatted(Printable.quote(request.getTarget()), namespace));
    }
    return found;
  }

  private static PlacementDecision view(InstanceRecord instance) {
    Explanation explanation = instance.explanation();
    PlacementDecision.Builder view =
        explanation == null
            ? PlacementDecision.newBuilder()
                .setMessage(
                    "Placed under an earlier leader, which did not pass on why; a new placement"
                        + " will be explained.")
            : explanation.view(instance.node());
    return view.setInstance(instance.message().toBuilder().clearPorts().clearDevices()).build();
  }
}
