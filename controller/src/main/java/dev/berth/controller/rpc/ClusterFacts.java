package dev.berth.controller.rpc;

/// What does not change while a controller runs.
///
/// @param version of the controller
/// @param caDigest SHA-256 of the CA's certificate, 64 hexadecimal digits
/// @param joinAddress where agents join, "host:port"
public record ClusterFacts(String version, String caDigest, String joinAddress) {}
