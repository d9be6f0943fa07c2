package dev.berth.controller.core.reconcile;

import dev.berth.controller.core.model.InstanceRecord;
import org.jspecify.annotations.Nullable;

/// What is to be done about one slot.
public sealed interface SlotStep {
  /// Give the slot an instance.
  ///
  /// @param slot its index, from 1
  /// @param attempt place of the new instance in the life of the slot
  /// @param previous the newest instance that had a node; null: there was none
  /// @param waiting the instance that already waits for a node and is to be used; null: a new one
  /// @param kept the stopped instance that the slot goes on with, if its node can take it; null:
  ///     there is none
  record Place(
      int slot,
      InstanceRecord.Attempt attempt,
      @Nullable InstanceRecord previous,
      @Nullable InstanceRecord waiting,
      @Nullable InstanceRecord kept)
      implements SlotStep {}

  /// Ask the agent to stop the instance and keep what it leaves.
  record Stop(InstanceRecord instance) implements SlotStep {}

  /// Give the instance the resources of the workload's new revision, where it is.
  record Resize(InstanceRecord instance) implements SlotStep {}

  /// Say that the instance goes on with what it has until its node has room for more.
  record AwaitRoom(InstanceRecord instance) implements SlotStep {}

  /// Drop the instance; its agent removes what it left.
  record Forget(InstanceRecord instance) implements SlotStep {}

  /// Give the instance up, because its node is lost.
  record Lose(InstanceRecord instance) implements SlotStep {}

  /// Say that the instance is held for its lost node.
  record Hold(InstanceRecord instance) implements SlotStep {}
}
