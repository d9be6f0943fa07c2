package dev.berth.controller.core;

import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.reconcile.Budgets;
import dev.berth.controller.core.reconcile.Evictions;
import java.util.List;

/// Moves instances off nodes that are drained or tainted, a few at a time: each turn looks at how
/// far it is.
final class Vacating {
  private Vacating() {}

  static void settle(Draft draft) {
    if (draft.state().vacating().isEmpty()) {
      return;
    }
    Budgets budgets = new Budgets(draft.state());
    for (String name : List.copyOf(draft.state().vacating())) {
      NodeRecord node = draft.state().node(name);
      if (node != null) {
        long now = draft.now().monotonicMillis();
        for (InstanceRecord instance : Evictions.of(draft.state(), node, budgets, now).next()) {
          draft.apply(new Mutation.PutInstance(instance.stopping(null)));
          draft.info(
              "Evicted",
              instance.message().getName() + " leaves node " + name + ".",
              Draft.about(instance));
        }
      }
    }
  }
}
