package dev.berth.agent.instance;

import com.google.protobuf.Timestamp;
import dev.berth.agent.port.AgentMetrics;
import dev.berth.v1.BootPhase;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.Kind;
import dev.berth.v1.StateTransition;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/// Measures how long an instance's starts take, phase by phase. Not thread-safe.
final class BootMeter {
  private final Kind kind;
  private final AgentMetrics metrics;
  private final Set<BootPhaseKind> told = EnumSet.noneOf(BootPhaseKind.class);
  private Instant began;
  private int restarts;

  /// @param arrived when the assignment arrived: the first start begins there
  /// @param before how it was when the agent began to look after it; its phases are not told
  BootMeter(Kind kind, Instant arrived, InstanceStatus before, AgentMetrics metrics) {
    this.kind = kind;
    this.metrics = metrics;
    this.began = arrived;
    this.restarts = before.getRestarts();
    told.addAll(phases(before).keySet());
  }

  /// It was stopped, and is started again: that begins now.
  void startAgain(Instant now) {
    told.clear();
    began = now;
    restarts = 0;
  }

  /// Tells the phases that are new.
  void observe(InstanceStatus status) {
    Map<BootPhaseKind, Instant> phases = phases(status);
    if (status.getRestarts() != restarts) {
      restarts = status.getRestarts();
      told.removeIf(phase -> phase != BootPhaseKind.BOOT_PHASE_KIND_IMAGE_READY);
      began = phases.getOrDefault(BootPhaseKind.BOOT_PHASE_KIND_CREATED, began);
    }
    phases.forEach(
        (phase, time) -> {
          if (told.add(phase)) {
            metrics.bootPhase(kind, phase, Duration.between(began, time));
          }
        });
  }

  /// When each phase was entered. Of a container its transitions say it.
  private static Map<BootPhaseKind, Instant> phases(InstanceStatus status) {
    Map<BootPhaseKind, Instant> phases = new EnumMap<>(BootPhaseKind.class);
    for (BootPhase phase : status.getBootPhasesList()) {
      phases.put(phase.getPhase(), StatusRecord.instant(phase.getTime()));
    }
    if (!phases.isEmpty()) {
      return phases;
    }
    for (StateTransition transition : status.getTransitionsList()) {
      if (transition.getState() == InstanceState.INSTANCE_STATE_STARTING) {
        put(phases, BootPhaseKind.BOOT_PHASE_KIND_CREATED, transition.getTime());
      }
    }
    if (status.hasStartTime()) {
      put(phases, BootPhaseKind.BOOT_PHASE_KIND_INIT, status.getStartTime());
    }
    return phases;
  }

  private static void put(Map<BootPhaseKind, Instant> phases, BootPhaseKind phase, Timestamp time) {
    phases.put(phase, StatusRecord.instant(time));
  }
}
