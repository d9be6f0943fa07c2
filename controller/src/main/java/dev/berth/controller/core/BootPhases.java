package dev.berth.controller.core;

import dev.berth.v1.BootPhase;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.BootPhaseSource;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.StateTransition;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// The phases of a start as they are kept: those that the agent reported, after the one that only
/// the controller knows.
final class BootPhases {
  private static final int EVIDENCE_CHARS = 200;

  private BootPhases() {}

  /// Keeps each phase once, in order, and puts PLACED before them. An instance without phases gets
  /// none: its transitions say as much.
  ///
  /// @param status as reported; is changed
  /// @param before as it was kept
  static void bound(InstanceStatus.Builder status, InstanceStatus before) {
    if (status.getBootPhasesCount() == 0) {
      return;
    }
    List<BootPhase> reported = List.copyOf(status.getBootPhasesList());
    status.clearBootPhases();
    for (StateTransition transition : before.getTransitionsList()) {
      if (transition.getState() == InstanceState.INSTANCE_STATE_ASSIGNED) {
        status.addBootPhases(
            BootPhase.newBuilder()
                .setPhase(BootPhaseKind.BOOT_PHASE_KIND_PLACED)
                .setTime(transition.getTime())
                .setSource(BootPhaseSource.BOOT_PHASE_SOURCE_CONTROLLER));
        break;
      }
    }
    Set<BootPhaseKind> seen = EnumSet.noneOf(BootPhaseKind.class);
    for (BootPhase phase : reported) {
      boolean theirs =
          phase.getPhase().compareTo(BootPhaseKind.BOOT_PHASE_KIND_PLACED) > 0
              && phase.getPhase() != BootPhaseKind.UNRECOGNIZED;
      if (theirs && seen.add(phase.getPhase())) {
        status.addBootPhases(cut(phase));
      }
    }
  }

  private static BootPhase cut(BootPhase phase) {
    String evidence = phase.getEvidence();
    return evidence.length() <= EVIDENCE_CHARS
        ? phase
        : phase.toBuilder().setEvidence(evidence.substring(0, EVIDENCE_CHARS)).build();
  }
}
