package dev.berth.controller.rpc;

import java.util.List;
import java.util.Set;

/// Who may answer a method. What is new and not named here goes to the leader.
enum Answering {
  /// Whoever is asked.
  ANYONE,
  /// The leader; an agent has to dial it itself.
  LEADER_ITSELF,
  /// The leader, to whom the call is handed on.
  LEADER,
  /// The same, and without one a controller that knows the stored state.
  LEADER_OR_COPY;

  private static final String AGENTS = "berth.v1.AgentService/";
  // What lies on nodes, which only the leader reaches; so that a follower cannot answer lists.
  private static final List<String> ON_NODES =
      List.of(
          "berth.v1.ImageService/",
          "berth.v1.VolumeService/",
          "berth.v1.NetworkService/",
          "berth.v1.VmService/");
  private static final String BERTH = "berth.v1.";
  private static final Set<String> BY_ANYONE =
      Set.of(
          "berth.v1.AdminService/GetCluster",
          "berth.v1.AdminService/ListControllers",
          "berth.v1.AdminService/SaveSnapshot");

  static Answering of(String fullMethodName) {
    if (!fullMethodName.startsWith(BERTH) || BY_ANYONE.contains(fullMethodName)) {
      return ANYONE;
    }
    if (fullMethodName.startsWith(AGENTS)) {
      return LEADER_ITSELF;
    }
    if (ON_NODES.stream().anyMatch(fullMethodName::startsWith)) {
      return LEADER;
    }
    String method = fullMethodName.substring(fullMethodName.indexOf('/') + 1);
    return method.startsWith("Get") || method.startsWith("List") ? LEADER_OR_COPY : LEADER;
  }
}
