package dev.berth.agent.facts;

import dev.berth.v1.Resources;

/// What an operator says of the host.
///
/// @param address address under which published ports are reached
/// @param capacityOverride what instances may use together; 0 in a field means all that is there
/// @param dynamicPortFirst first port of the dynamic range, 1 to 65535
/// @param dynamicPortLast last port of the dynamic range, 1 to 65535
/// @param agentVersion version of the agent
public record FactsSettings(
    String address,
    Resources capacityOverride,
    int dynamicPortFirst,
    int dynamicPortLast,
    String agentVersion) {}
