package dev.berth.agent.instance;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.port.AgentClock;
import dev.berth.v1.BootPhase;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.BootPhaseSource;
import dev.berth.v1.Health;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.PullProgress;
import dev.berth.v1.StateTransition;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/// The status of one instance as it is reported. Its state only moves forward within one start.
/// Not thread-safe.
final class StatusRecord {
  private static final int MESSAGE_BYTES_MAX = 1024;

  private final AgentClock clock;
  private final InstanceStatus.Builder status;

  StatusRecord(InstanceStatus before, AgentClock clock) {
    this.status = before.toBuilder();
    this.clock = clock;
  }

  InstanceStatus current() {
    return status.build();
  }

  InstanceState state() {
    return status.getState();
  }

  /// Forgets all but its driver and when it ended last: it was stopped, and is to be started again.
  void startAgain(long startGeneration) {
    InstanceStatus before = status.build();
    status
        .clear()
        .setState(InstanceState.INSTANCE_STATE_ASSIGNED)
        .setDriver(before.getDriver())
        .setStartGeneration(startGeneration);
    if (before.hasFinishTime()) {
      status.setFinishTime(before.getFinishTime());
    }
  }

  /// Enters a state, unless it is behind the present one.
  void advance(InstanceState state) {
    if (state.getNumber() > status.getState().getNumber()) {
      status.setState(state);
      status.addTransitions(
          StateTransition.newBuilder().setState(state).setTime(timestamp(clock.wall())));
      if (state != InstanceState.INSTANCE_STATE_PREPARING) {
        status.clearPull();
      }
    }
  }

  void pulling(PullProgress progress) {
    advance(InstanceState.INSTANCE_STATE_PREPARING);
    if (status.getState() == InstanceState.INSTANCE_STATE_PREPARING) {
      status.setPull(progress);
    }
  }

  /// Says what went wrong. How far a pull had come is no news any more.
  void explain(String reason, String message) {
    status.setReason(reason).setMessage(shortened(message)).clearPull();
  }

  void allIsWell() {
    status.clearReason().clearMessage();
  }

  void saw(Observation observation) {
    if (!(observation.state() instanceof RunState.Gone)) {
      status.setRuntimeId(observation.handle().runtimeId());
    }
    sawPhases(observation);
    switch (observation.state()) {
      case RunState.Created _ -> advance(InstanceState.INSTANCE_STATE_STARTING);
      case RunState.Running(Instant startTime, boolean paused) -> {
        advance(InstanceState.INSTANCE_STATE_RUNNING);
        status.setStartTime(timestamp(startTime)).clearNextRestartTime().setPaused(paused);
      }
      case RunState.Exited exited -> {
        advance(InstanceState.INSTANCE_STATE_RUNNING);
        status
            .setExitCode(exited.exitCode())
            .setStartTime(timestamp(exited.startTime()))
            .setFinishTime(timestamp(exited.finishTime()))
            .setHealth(Health.HEALTH_UNSPECIFIED)
            .clearPaused();
      }
      case RunState.Gone _ -> status.setHealth(Health.HEALTH_UNSPECIFIED).clearPaused();
    }
  }

  /// Takes over what a driver saw of the latest start. What it saw itself counts more than what it
  /// infers, for instance because it was not there.
  void sawPhases(Observation observation) {
    if (!observation.note().isEmpty()) {
      status.setNote(observation.note());
    }
    if (observation.phases().isEmpty()) {
      return;
    }
    if (observation.state() instanceof RunState.Running(Instant startTime, _)
        && startTime.isAfter(instant(status.getStartTime()))) {
      // Someone else started it anew, as a machine that goes back to a snapshot without memory.
      status.setStartTime(timestamp(startTime));
    }
    Map<BootPhaseKind, BootPhase> before = new EnumMap<>(BootPhaseKind.class);
    status.getBootPhasesList().forEach(phase -> before.put(phase.getPhase(), phase));
    status.clearBootPhases();
    BootPhase image = before.get(BootPhaseKind.BOOT_PHASE_KIND_IMAGE_READY);
    if (image != null) {
      status.addBootPhases(image);
    }
    for (BootPhase phase : observation.phases()) {
      BootPhase known = before.get(phase.getPhase());
      status.addBootPhases(phase.getInferred() && known != null ? known : phase);
    }
  }

  /// The image is there; said of what has phases, once.
  void imageReady() {
    boolean known =
        status.getBootPhasesList().stream()
            .anyMatch(phase -> phase.getPhase() == BootPhaseKind.BOOT_PHASE_KIND_IMAGE_READY);
    if (!known) {
      status.addBootPhases(
          0,
          BootPhase.newBuilder()
              .setPhase(BootPhaseKind.BOOT_PHASE_KIND_IMAGE_READY)
              .setTime(timestamp(clock.wall()))
              .setSource(BootPhaseSource.BOOT_PHASE_SOURCE_AGENT));
    }
  }

  void healthy() {
    status.setHealth(Health.HEALTH_HEALTHY);
  }

  void started(int restarts, long generation) {
    status
        .setRestarts(restarts)
        .setRestartGeneration(generation)
        .setHealth(Health.HEALTH_UNSPECIFIED);
  }

  void fulfilled(long generation) {
    status.setRestartGeneration(generation);
  }

  void resized(long revision) {
    status.setResourcesRevision(revision);
  }

  void waitsForRestart(long waitMillis, String message) {
    status.setNextRestartTime(timestamp(clock.wall().plusMillis(waitMillis)));
    status.setHealth(Health.HEALTH_UNSPECIFIED);
    explain("RestartBackOff", message);
  }

  void ended(Outcome outcome) {
    advance(outcome.state());
    status.clearNextRestartTime().setHealth(Health.HEALTH_UNSPECIFIED);
    explain(outcome.reason(), outcome.message());
  }

  static Timestamp timestamp(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }

  static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  /// At most 1 KiB, cut between characters and marked where it was cut.
  private static String shortened(String message) {
    ByteString bytes = ByteString.copyFromUtf8(message);
    if (bytes.size() <= MESSAGE_BYTES_MAX) {
      return message;
    }
    int end = MESSAGE_BYTES_MAX - "…".getBytes(StandardCharsets.UTF_8).length;
    while (end > 0 && (bytes.byteAt(end) & 0xc0) == 0x80) {
      end--;
    }
    return bytes.substring(0, end).toStringUtf8() + "…";
  }
}
