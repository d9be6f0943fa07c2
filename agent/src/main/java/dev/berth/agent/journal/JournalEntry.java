package dev.berth.agent.journal;

import dev.berth.agent.instance.RestartHistory;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.InstanceStatus;

/// What is remembered of one instance.
///
/// @param instance as it was last assigned
/// @param status as it was last reported
/// @param history of its restarts
public record JournalEntry(
    AssignedInstance instance, InstanceStatus status, RestartHistory history) {}
