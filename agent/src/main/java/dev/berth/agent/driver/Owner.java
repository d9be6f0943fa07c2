package dev.berth.agent.driver;

/// Whose objects a driver makes and touches.
///
/// @param clusterUid UUID of the cluster
/// @param node name of the node
public record Owner(String clusterUid, String node) {}
