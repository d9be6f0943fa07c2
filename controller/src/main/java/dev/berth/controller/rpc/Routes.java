package dev.berth.controller.rpc;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The table of routes on the API port: who may call what. A route that is not in it is refused.
final class Routes {
  /// Who may call a route.
  enum Audience {
    /// Holders of an administrator's certificate.
    ADMINISTRATORS,
    /// Agents, for their own node.
    AGENTS,
    /// Other controllers, for themselves.
    CONTROLLERS,
    /// All of these.
    ALL
  }

  private static final Map<String, Audience> TABLE = new TreeMap<>();

  static {
    users("WorkloadService", "CreateWorkload", "GetWorkload", "ListWorkloads", "UpdateWorkload");
    users("WorkloadService", "DeleteWorkload", "ScaleWorkload", "StopWorkload", "StartWorkload");
    users("WorkloadService", "RestartWorkload", "ExplainPlacement");
    users("InstanceService", "GetInstance", "ListInstances", "WatchInstances", "StreamLogs");
    users("InstanceService", "PauseInstance", "UnpauseInstance", "WatchUsage");
    users("InstanceService", "KillInstance", "ListProcesses", "StatPath");
    users("InstanceService", "CopyFromInstance", "CopyToInstance");
    users("ExecService", "AttachConsole", "Exec", "Attach", "ForwardPort");
    users("ImageService", "ListImages", "InspectImage", "RemoveImage", "ImportImage");
    users("ImageService", "PullImage", "PushImage", "TagImage", "PruneImages");
    users("ImageService", "ResolveImage", "CommitInstance", "SaveImages", "LoadImages");
    users("ImageService", "CopyImages", "BuildImage");
    users("VolumeService", "ListVolumes", "InspectVolume", "CreateVolume", "RemoveVolume");
    users("VolumeService", "PruneVolumes");
    users("NetworkService", "ListNetworks", "InspectNetwork", "CreateNetwork", "RemoveNetwork");
    users("VmService", "CreateVmSnapshot", "ListVmSnapshots", "RevertVmSnapshot");
    users("VmService", "DeleteVmSnapshot");
    users("NodeService", "GetNode", "ListNodes", "UpdateNode", "DeleteNode");
    users("NodeService", "DrainNode", "FenceNode", "ExamineNodes");
    users("NamespaceService", "CreateNamespace", "GetNamespace", "ListNamespaces");
    users("NamespaceService", "UpdateNamespace", "DeleteNamespace");
    users("RegistryService", "SetRegistryLogin", "ListRegistryLogins", "RemoveRegistryLogin");
    users("EventService", "WatchEvents");
    users("AdminService", "GetCluster", "CreateToken", "ListTokens", "RevokeToken");
    users("AdminService", "ListControllers", "SaveSnapshot");
    agents("AgentService", "OpenSession", "AttachStream", "RenewCertificate");
    add(Audience.CONTROLLERS, "EnrollmentService", "Enroll");
    TABLE.put("grpc.health.v1.Health/Check", Audience.ALL);
    TABLE.put("grpc.health.v1.Health/Watch", Audience.ALL);
    TABLE.put("grpc.reflection.v1.ServerReflection/ServerReflectionInfo", Audience.ADMINISTRATORS);
  }

  private Routes() {}

  /// Who may call a method; empty: nobody.
  static Optional<Audience> audience(String fullMethodName) {
    return Optional.ofNullable(TABLE.get(fullMethodName));
  }

  /// All methods in the table.
  static Set<String> listed() {
    return Collections.unmodifiableSet(TABLE.keySet());
  }

  private static void users(String service, String... methods) {
    add(Audience.ADMINISTRATORS, service, methods);
  }

  private static void agents(String service, String... methods) {
    add(Audience.AGENTS, service, methods);
  }

  private static void add(Audience audience, String service, String... methods) {
    for (String method : methods) {
      TABLE.put("berth.v1." + service + "/" + method, audience);
    }
  }
}
