package dev.berth.agent.driver.process;

import dev.berth.agent.driver.Owner;
import dev.berth.agent.facts.CgroupHierarchy;
import dev.berth.agent.port.HostCommands;
import dev.berth.agent.port.HostPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What a node lets this agent do with processes, and where it keeps what it knows of them.
///
/// @param directory of all instances
/// @param host its processes
/// @param cgroups its cgroups
/// @param carriers files that take the carriers out of the agent's own cgroup; may be empty
/// @param tools its programs
/// @param commands runs some of them
/// @param door of the cgroups
public record ProcessGround(
    Path directory,
    HostProcesses host,
    CgroupGround cgroups,
    List<Path> carriers,
    Tools tools,
    HostCommands commands,
    CgroupDoor door) {
  private static final Path ROOT = Path.of("/");
  private static final Path SYSTEMDS_OWN = Path.of("/sys/fs/cgroup/systemd");
  private static final int CLUSTER_CHARS = 8;

  public ProcessGround {
    // Carriers do not run where the agent was started.
    directory = directory.toAbsolutePath();
    carriers = List.copyOf(carriers);
  }

  /// Of this node.
  ///
  /// @param directory for the instances' files alone; made when it is missing
  /// @param owner whose processes there will be
  public static ProcessGround open(Path directory, Owner owner) throws IOException {
    HostCommands commands = new HostPrograms();
    CgroupHierarchy hierarchy = CgroupHierarchy.read(ROOT);
    Optional<SystemdUnit.Cgroup> held =
        SystemdUnit.isFirst(ROOT) && isRoot()
            ? new SystemdUnit(commands).open(unitMounts(hierarchy))
            : Optional.empty();
    String base = held.map(SystemdUnit.Cgroup::base).orElse(ownCgroup(owner));
    return of(
        directory,
        CgroupGround.open(hierarchy, base),
        held.map(SystemdUnit.Cgroup::carriers).orElse(List.of()),
        commands,
        CgroupDoor.of(hierarchy, ROOT.resolve("proc")));
  }

  /// A host may have several agents; none is in another's way.
  private static String ownCgroup(Owner owner) {
    String cluster = owner.clusterUid();
    return "berth-"
        + cluster.substring(0, Math.min(CLUSTER_CHARS, cluster.length()))
        + "-"
        + owner.node();
  }

  /// The hierarchies by which systemd tells units apart: the unified one, and beside controllers of
  /// version 1 one of its own.
  private static List<Path> unitMounts(CgroupHierarchy hierarchy) {
    return Stream.concat(
            hierarchy.v2().stream(), Stream.of(SYSTEMDS_OWN).filter(Files::isDirectory))
        .toList();
  }

  static ProcessGround of(
      Path directory,
      CgroupGround cgroups,
      List<Path> carriers,
      HostCommands commands,
      CgroupDoor door)
      throws IOException {
    Files.createDirectories(directory.resolve(InstanceFiles.ENDS));
    Files.setPosixFilePermissions(
        directory.resolve(InstanceFiles.ENDS), PosixFilePermissions.fromString("rwx------"));
    WorkDirectory.prepare(directory);
    new Carrier(directory).install();
    Tools tools = Tools.here(commands);
    return new ProcessGround(
        directory,
        HostProcesses.here(),
        cgroups,
        carriers,
        tools.withRoots(
            isRoot()
                ? new RootProbe(directory.toAbsolutePath(), tools, commands).obstacle()
                : Optional.of("the agent is not root")),
        commands,
        door);
  }

  /// Whether the agent may do as it pleases.
  boolean root() {
    return isRoot();
  }

  private static boolean isRoot() {
    return System.getProperty("user.name", "").equals("root");
  }

  ProcessReport report() {
    return new ProcessReport(cgroups, root(), tools);
  }

  InstanceFiles files(String instanceId) {
    return new InstanceFiles(directory, instanceId);
  }

  /// What users of an instance should know of this node; empty: nothing.
  String remark() {
    return cgroups.holdsTrees()
        ? ""
        : "without cgroups: what it starts is found by its environment, and not measured";
  }

  /// The processes of an instance.
  ProcessTree tree(String instanceId) {
    return cgroups.holdsTrees()
        ? cgroups.of(instanceId)
        : new MarkedTree(host.proc(), LaunchScript.MARK + "=" + instanceId);
  }
}
