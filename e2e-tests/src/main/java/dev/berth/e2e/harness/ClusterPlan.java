package dev.berth.e2e.harness;

import java.util.Collections;
import java.util.List;

/// What cluster to make.
///
/// @param hosts the runtimes of each host
/// @param controllerFlags more flags of the controller
/// @param agentFlags more flags of each agent
/// @param dockerFlags more flags of each Docker daemon
public record ClusterPlan(
    List<Runtimes> hosts,
    List<String> controllerFlags,
    List<String> agentFlags,
    List<String> dockerFlags) {
  /// Copies the lists.
  public ClusterPlan {
    hosts = List.copyOf(hosts);
    controllerFlags = List.copyOf(controllerFlags);
    agentFlags = List.copyOf(agentFlags);
    dockerFlags = List.copyOf(dockerFlags);
  }

  /// Some hosts, 0 or more, with a Docker daemon each and all defaults.
  public static ClusterPlan of(int hosts) {
    return of(Collections.nCopies(hosts, Runtimes.DOCKER));
  }

  /// Hosts with these runtimes and all defaults.
  public static ClusterPlan of(Runtimes... hosts) {
    return of(List.of(hosts));
  }

  private static ClusterPlan of(List<Runtimes> hosts) {
    return new ClusterPlan(hosts, List.of(), List.of(), List.of());
  }

  /// The same with flags of the controller.
  public ClusterPlan controller(String... flags) {
    return new ClusterPlan(hosts, List.of(flags), agentFlags, dockerFlags);
  }

  /// The same with flags of each agent.
  public ClusterPlan agents(String... flags) {
    return new ClusterPlan(hosts, controllerFlags, List.of(flags), dockerFlags);
  }

  /// The same with flags of each Docker daemon.
  public ClusterPlan docker(String... flags) {
    return new ClusterPlan(hosts, controllerFlags, agentFlags, List.of(flags));
  }

  /// Makes it and waits until all of it is ready.
  public Cluster start() {
    return Cluster.start(this);
  }
}
