package dev.berth.cli.compare;

import dev.berth.v1.ContainerSpec;
import dev.berth.v1.Kind;
import dev.berth.v1.Placement;
import dev.berth.v1.PortProtocol;
import dev.berth.v1.PortSpec;
import dev.berth.v1.ProcessSpec;
import dev.berth.v1.Resources;
import dev.berth.v1.RestartCondition;
import dev.berth.v1.RestartPolicy;
import dev.berth.v1.VmDisk;
import dev.berth.v1.VmSpec;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import java.util.ArrayList;
import java.util.List;

/// The program in its shapes: an image, a disk image, and a command of the node.
///
/// @param process a command for the node's shell, which listens on the port in BERTH_PORT_HTTP;
///     empty: none
/// @param container an image that listens on `target`; empty: none
/// @param vm a disk image that listens on `target`; empty: none
/// @param target the port inside of a container and a machine
record Programs(String process, String container, String vm, int target) {
  /// The web server of `berth/demo` and `berth/demo-vm`: busybox's. A node has busybox, too.
  static final Programs DEMO =
      new Programs(
          """
          dir=$(mktemp -d) || exit 1
          trap 'rm -rf "$dir"; exit 0' TERM INT
          echo "Hello from $(hostname)" >"$dir/index.html"
          busybox httpd -f -p "$BERTH_PORT_HTTP" -h "$dir" &
          wait
          """,
          "berth/demo",
          "berth/demo-vm",
          80);

  private static final String PORT = "http";

  /// What is compared, the lightest first.
  ///
  /// @param node where
  /// @param resources of each
  List<Subject> subjects(String node, Resources resources) {
    WorkloadSpec.Builder common =
        WorkloadSpec.newBuilder()
            .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
            .setReplicas(1)
            .setResources(resources)
            .setPlacement(Placement.newBuilder().addRequire("node.name == '" + node + "'"))
            .setRestart(
                RestartPolicy.newBuilder().setCondition(RestartCondition.RESTART_CONDITION_NEVER));
    List<Subject> subjects = new ArrayList<>();
    if (!process.isEmpty()) {
      subjects.add(
          new Subject(
              Kind.KIND_PROCESS,
              common
                  .clone()
                  .addPorts(port(target))
                  .setProcess(
                      ProcessSpec.newBuilder().addAllCommand(List.of("/bin/sh", "-c", process)))
                  .build()));
    }
    if (!container.isEmpty()) {
      subjects.add(
          new Subject(
              Kind.KIND_CONTAINER,
              common
                  .clone()
                  .addPorts(port(target))
                  .setContainer(ContainerSpec.newBuilder().setImage(container))
                  .build()));
    }
    if (!vm.isEmpty()) {
      subjects.add(
          new Subject(
              Kind.KIND_VM,
              common
                  .clone()
                  .addPorts(port(target))
                  .setVm(VmSpec.newBuilder().setDisk(VmDisk.newBuilder().setImage(vm)))
                  .build()));
    }
    return subjects;
  }

  private static PortSpec.Builder port(int target) {
    return PortSpec.newBuilder()
        .setName(PORT)
        .setTarget(target)
        .setProtocol(PortProtocol.PORT_PROTOCOL_TCP);
  }
}
