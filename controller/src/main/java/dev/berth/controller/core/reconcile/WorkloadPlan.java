package dev.berth.controller.core.reconcile;

import java.util.List;

/// What is to be done about a workload.
///
/// @param steps in order
/// @param finished true when it is being deleted and, after the steps, nothing of it is left
public record WorkloadPlan(List<SlotStep> steps, boolean finished) {}
