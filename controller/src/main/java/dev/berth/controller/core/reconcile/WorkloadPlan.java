package dev.berth.controller.core.reconcile;

import java.util.List;

/// What is to be done about a workload.
///
/// @param steps in order
/// @param finished true when it is being deleted and, after the steps, nothing of it is left
/// @param againAtMillis when to look at it again even if nothing happens until then, in monotonic
///     milliseconds; [#NEVER]: not at all
public record WorkloadPlan(List<SlotStep> steps, boolean finished, long againAtMillis) {
  /// A time that does not come.
  public static final long NEVER = Long.MAX_VALUE;
}
