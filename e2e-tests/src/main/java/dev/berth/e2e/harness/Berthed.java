package dev.berth.e2e.harness;

/// A host with its agent.
///
/// @param host the host and its runtimes
/// @param agent the agent on it
public record Berthed(Host host, AgentProcess agent) {
  /// The node's name.
  public String name() {
    return host.name();
  }

  /// The host's network.
  public HostLink link() {
    return host.link();
  }

  /// The host's Docker daemon, which it must have.
  public DockerHost docker() {
    return host.docker().orElseThrow(() -> new AssertionError(name() + " has no Docker daemon"));
  }

  /// The host's libvirtd, which it must have.
  public LibvirtHost libvirt() {
    return host.libvirt().orElseThrow(() -> new AssertionError(name() + " has no libvirtd"));
  }
}
