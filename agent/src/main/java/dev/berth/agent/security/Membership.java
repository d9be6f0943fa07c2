package dev.berth.agent.security;

/// Which cluster the host joined, and as whom.
///
/// @param clusterUid UUID of the cluster
/// @param node name of the node
/// @param nodeUid identity of the node's registration
public record Membership(String clusterUid, String node, String nodeUid) {}
