package dev.berth.cli.verb;

import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_CREATED;
import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_IMAGE_READY;
import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_PLACED;
import static dev.berth.v1.BootPhaseKind.BOOT_PHASE_KIND_READY;

import com.google.protobuf.Timestamp;
import dev.berth.v1.BootPhase;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.BootPhaseSource;
import dev.berth.v1.Health;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.Kind;
import dev.berth.v1.StateTransition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The latest start of an instance. Of one whose status has no phases, as is usual for containers,
/// they follow from its states.
///
/// @param kind what the instance is
/// @param phases in their order
/// @param again whether it was started again on its node: then the start begins with CREATED
public record BootTimeline(Kind kind, List<BootPhase> phases, boolean again) {
  private static final String KIND_PREFIX = "BOOT_PHASE_KIND_";
  private static final String SOURCE_PREFIX = "BOOT_PHASE_SOURCE_";
  private static final List<BootPhaseKind> OF_PROGRAMS =
      List.of(
          BOOT_PHASE_KIND_PLACED,
          BOOT_PHASE_KIND_IMAGE_READY,
          BOOT_PHASE_KIND_CREATED,
          BOOT_PHASE_KIND_READY);

  /// Copies.
  public BootTimeline {
    phases = List.copyOf(phases);
  }

  /// The start of an instance as far as it is known.
  public static BootTimeline of(Instance instance) {
    InstanceStatus status = instance.getStatus();
    List<BootPhase> told =
        status.getBootPhasesCount() > 0 ? status.getBootPhasesList() : fromStates(status);
    boolean again =
        status.getRestarts() > 0
            && told.stream().anyMatch(phase -> phase.getPhase() == BOOT_PHASE_KIND_CREATED);
    List<BootPhase> phases = new ArrayList<>();
    for (BootPhase phase : told) {
      boolean known = phase.getPhase().compareTo(BOOT_PHASE_KIND_PLACED) >= 0;
      boolean earlier = phase.getPhase().compareTo(BOOT_PHASE_KIND_CREATED) < 0;
      if (known && phase.getPhase() != BootPhaseKind.UNRECOGNIZED && !(again && earlier)) {
        phases.add(phase);
      }
    }
    return new BootTimeline(instance.getKind(), phases, again);
  }

  /// The phase that it is in; empty before the first.
  Optional<BootPhase> latest() {
    return phases.isEmpty() ? Optional.empty() : Optional.of(phases.getLast());
  }

  boolean isReady() {
    return phases.stream().anyMatch(phase -> phase.getPhase() == BOOT_PHASE_KIND_READY);
  }

  /// Time from the beginning of the start to a moment; clocks differ, so that it may be negative.
  Duration since(Instant moment) {
    return phases.isEmpty()
        ? Duration.ZERO
        : Duration.between(instant(phases.getFirst().getTime()), moment);
  }

  /// Time from the beginning of the start to a phase; negative when clocks differ so much.
  public Duration since(BootPhase phase) {
    return since(instant(phase.getTime()));
  }

  /// Phases that such an instance can have and this one has not entered, before its latest one or
  /// after it.
  List<BootPhaseKind> missing(boolean before) {
    List<BootPhaseKind> missing = new ArrayList<>();
    for (BootPhaseKind phase : BootPhaseKind.values()) {
      boolean earlier = latest().filter(last -> phase.compareTo(last.getPhase()) < 0).isPresent();
      boolean entered = phases.stream().anyMatch(each -> each.getPhase() == phase);
      if (isPossible(phase) && !entered && earlier == before) {
        missing.add(phase);
      }
    }
    return missing;
  }

  /// What a phase is called.
  public static String name(BootPhaseKind phase) {
    return words(phase.name(), KIND_PREFIX);
  }

  static String name(BootPhaseSource source) {
    return source == BootPhaseSource.UNRECOGNIZED
            || source == BootPhaseSource.BOOT_PHASE_SOURCE_UNSPECIFIED
        ? "-"
        : words(source.name(), SOURCE_PREFIX);
  }

  private boolean isPossible(BootPhaseKind phase) {
    if (again && phase.compareTo(BOOT_PHASE_KIND_CREATED) < 0) {
      return false;
    }
    return kind == Kind.KIND_VM
        ? phase.compareTo(BOOT_PHASE_KIND_PLACED) >= 0 && phase != BootPhaseKind.UNRECOGNIZED
        : OF_PROGRAMS.contains(phase);
  }

  /// STARTING says that the runtime has made it, with an image that was there then; RUNNING and
  /// healthy is what being ready means.
  private static List<BootPhase> fromStates(InstanceStatus status) {
    List<BootPhase> phases = new ArrayList<>();
    for (StateTransition transition : status.getTransitionsList()) {
      switch (transition.getState()) {
        case INSTANCE_STATE_ASSIGNED ->
            phases.add(
                phase(BOOT_PHASE_KIND_PLACED, transition)
                    .setSource(BootPhaseSource.BOOT_PHASE_SOURCE_CONTROLLER)
                    .build());
        case INSTANCE_STATE_STARTING -> {
          phases.add(phase(BOOT_PHASE_KIND_IMAGE_READY, transition).setInferred(true).build());
          phases.add(phase(BOOT_PHASE_KIND_CREATED, transition).build());
        }
        case INSTANCE_STATE_RUNNING -> {
          if (status.getHealth() == Health.HEALTH_HEALTHY) {
            phases.add(phase(BOOT_PHASE_KIND_READY, transition).setInferred(true).build());
          }
        }
        default -> {
          // Says nothing of a start.
        }
      }
    }
    return phases;
  }

  private static BootPhase.Builder phase(BootPhaseKind kind, StateTransition transition) {
    return BootPhase.newBuilder()
        .setPhase(kind)
        .setTime(transition.getTime())
        .setSource(BootPhaseSource.BOOT_PHASE_SOURCE_RUNTIME);
  }

  private static String words(String name, String prefix) {
    if (!name.startsWith(prefix)) {
      return name;
    }
    String words = name.substring(prefix.length()).toLowerCase(Locale.ROOT).replace('_', ' ');
    return words.equals("cloud init") ? "cloud-init" : words;
  }

  private static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }
}
