package dev.berth.agent.instance;

import dev.berth.v1.InstanceState;

/// How an instance ended for good on this node.
///
/// @param state COMPLETE, FAILED, STOPPED or REJECTED
/// @param reason one CamelCase word; empty when all is well
/// @param message for people, one sentence; empty when all is well
public record Outcome(InstanceState state, String reason, String message) {}
