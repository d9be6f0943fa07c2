package dev.berth.cli.cluster;

import dev.berth.cli.term.FailureException;
import dev.berth.spec.Names;
import dev.berth.spec.SlotName;
import dev.berth.v1.GetWorkloadRequest;

/// The one instance that a user meant, for verbs that do something to one.
public final class OneInstance {
  private OneInstance() {}

  /// What to call it when asking for it: a slot's name or an id. A workload that has one slot
  /// stands for that.
  ///
  /// @throws FailureException with exit code 2 when the workload has several
  public static String find(Cluster cluster, String name) {
    if (SlotName.parse(name) != null || !Target.resolve(cluster, name).isWhole()) {
      return name;
    }
    int slots =
        cluster
            .workloads()
            .getWorkload(
                GetWorkloadRequest.newBuilder()
                    .setNamespace(cluster.namespace())
                    .setName(name)
                    .build())
            .getSpec()
            .getReplicas();
    String first = Names.slotName(name, 1);
    if (slots != 1) {
      throw FailureException.usage(
          "%s has %d slots: say which one, such as %s".formatted(name, slots, first));
    }
    return first;
  }
}
