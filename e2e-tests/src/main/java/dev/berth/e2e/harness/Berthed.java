package dev.berth.e2e.harness;

/// A host with its agent.
///
/// @param docker the host and its Docker daemon
/// @param agent the agent on it
public record Berthed(DockerHost docker, AgentProcess agent) {
  /// The node's name.
  public String name() {
    return docker.name();
  }
}
