package dev.berth.controller.loop;

import dev.berth.controller.core.model.ClusterState;

/// The state after a turn, for readers.
///
/// @param state the committed state
/// @param revision epoch times 2^24 plus a counter of visible changes; never goes back, not over
/// a leader change either
public record Snapshot(ClusterState state, long revision) {}
