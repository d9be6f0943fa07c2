package dev.berth.controller.core;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.InstanceChange;
import java.util.List;

/// What follows from an event.
///
/// @param state the state with all mutations applied
/// @param mutations the changes, in order
/// @param effects what is done outside once the durable mutations are committed, in order
/// @param instances what became of each instance that the mutations touched, in order
public record Decision(
    ClusterState state,
    List<Mutation> mutations,
    List<Effect> effects,
    List<InstanceChange> instances) {}
