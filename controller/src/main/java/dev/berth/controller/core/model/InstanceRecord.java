package dev.berth.controller.core.model;

import com.google.protobuf.Duration;
import dev.berth.v1.DesiredState;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.Resources;
import org.jspecify.annotations.Nullable;

/// An instance with what only the controller needs to know of it.
///
/// @param message the instance as users see it
/// @param attempt its place in the life of its slot
/// @param reserved what it reserves on its node while it is not final
/// @param restartGeneration grows with each restart that a user asked for
/// @param stopGrace grace for the next stop when it differs from the spec's
/// @param timing soft: never stored, starts anew with each leader
/// @param explanation soft: why it is where it is or waits; null: decided by an earlier leader
public record InstanceRecord(
    Instance message,
    Attempt attempt,
    Resources reserved,
    long restartGeneration,
    @Nullable Duration stopGrace,
    Timing timing,
    @Nullable Explanation explanation) {
  /// An instance's place in the life of its slot.
  ///
  /// @param number counts the instances of the slot, from 1
  /// @param failures how many instances failed one after another before this one; a node's refusal
  ///     is none
  /// @param refusals how many were refused by their nodes one after another right before this one
  /// @param superseded final, and a user asked for a new run
  public record Attempt(long number, int failures, int refusals, boolean superseded) {
    /// The first of a slot.
    public static final Attempt FIRST = new Attempt(1, 0, 0, false);

    /// The same, and a user asked for a new run.
    public Attempt supersede() {
      return new Attempt(number, failures, refusals, true);
    }
  }

  /// Since when, in monotonic milliseconds; 0: not at all.
  ///
  /// @param runningSince since when it is known to run
  /// @param finalSince since when it is known to be final
  public record Timing(long runningSince, long finalSince) {
    /// Nothing known yet.
    public static final Timing NONE = new Timing(0, 0);
  }

  /// Its identity.
  public String id() {
    return message.getId();
  }

  /// The workload that it belongs to.
  public WorkloadKey workload() {
    return new WorkloadKey(message.getNamespace(), message.getWorkload());
  }

  /// Its slot, from 1.
  public int slot() {
    return message.getSlot();
  }

  /// Its node; empty while it waits for one.
  public String node() {
    return message.getNode();
  }

  /// Its state.
  public InstanceState state() {
    return message.getStatus().getState();
  }

  /// Where it stands among its workload's.
  public SlotPosition position() {
    return new SlotPosition(slot(), attempt.number());
  }

  /// Whether its life is over.
  public boolean isFinal() {
    return isFinal(state());
  }

  /// Whether it waits for a node.
  public boolean isPending() {
    return state() == InstanceState.INSTANCE_STATE_PENDING;
  }

  /// Whether it runs or is on the way to, and nobody wants it to stop.
  public boolean isWanted() {
    return !isFinal() && message.getDesiredState() == DesiredState.DESIRED_STATE_RUN;
  }

  /// Whether a state is one of the last.
  public static boolean isFinal(InstanceState state) {
    return state.getNumber() >= InstanceState.INSTANCE_STATE_COMPLETE_VALUE;
  }

  /// The same with another message.
  public InstanceRecord with(Instance changed) {
    return new InstanceRecord(
        changed, attempt, reserved, restartGeneration, stopGrace, timing, explanation);
  }

  /// The same with another status.
  public InstanceRecord with(InstanceStatus status) {
    return with(message.toBuilder().setStatus(status).build());
  }

  /// The same with other timing.
  public InstanceRecord with(Timing changed) {
    return new InstanceRecord(
        message, attempt, reserved, restartGeneration, stopGrace, changed, explanation);
  }

  /// The same with another explanation.
  public InstanceRecord with(Explanation changed) {
    return new InstanceRecord(
        message, attempt, reserved, restartGeneration, stopGrace, timing, changed);
  }

  /// The same with another attempt.
  public InstanceRecord with(Attempt changed) {
    return new InstanceRecord(
        message, changed, reserved, restartGeneration, stopGrace, timing, explanation);
  }

  /// The same, to be stopped; `grace` replaces the spec's when given.
  public InstanceRecord stopping(@Nullable Duration grace) {
    return new InstanceRecord(
        message.toBuilder().setDesiredState(DesiredState.DESIRED_STATE_STOP).build(),
        attempt,
        reserved,
        restartGeneration,
        grace,
        timing,
        explanation);
  }

  /// The same, to be restarted; `grace` replaces the spec's when given.
  public InstanceRecord restarting(@Nullable Duration grace) {
    return new InstanceRecord(
        message, attempt, reserved, restartGeneration + 1, grace, timing, explanation);
  }
}
