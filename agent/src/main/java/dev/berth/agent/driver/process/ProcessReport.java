package dev.berth.agent.driver.process;

import dev.berth.agent.driver.DriverReport;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.Kind;
import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import java.util.ArrayList;
import java.util.List;

/// What the driver says of itself: what of a process's confinement this agent may do here.
///
/// @param ground which cgroups there are
/// @param root whether the agent is root
/// @param tools which programs there are
record ProcessReport(CgroupGround ground, boolean root, Tools tools) {
  private static final List<String> LIMITS = List.of("cpu-limit", "memory-limit", "pids-limit");

  List<String> capabilities() {
    List<String> all =
        new ArrayList<>(
            List.of(
                "logs", "stats", "files", "exec", "attach", "forward", "kill", "signals", "top"));
    all.addAll(ground.capabilities());
    if (tools.has(Tools.TAR)) {
      all.add("copy");
    }
    if (root && tools.has(Tools.SETPRIV)) {
      all.add("users");
    }
    if (root && tools.has(Tools.UNSHARE)) {
      all.add("namespaces");
    }
    if (ground.holdsTrees()) {
      // The watchdog finds them by their cgroups.
      all.add("fence");
    }
    if (tools.rootObstacle().isEmpty()) {
      all.add("rootfs");
    }
    return all;
  }

  DriverReport now() {
    List<String> capabilities = capabilities();
    Layer.Builder layer =
        Layer.newBuilder()
            .setKind(LayerKind.LAYER_KIND_PROCESS_RUNTIME)
            .setName(ProcessDriver.NAME)
            .putAttributes("agent_is_root", Boolean.toString(root))
            .putAttributes("processes_found_by", ground.holdsTrees() ? "cgroup" : "environment")
            .putAttributes(
                "rootfs", tools.rootObstacle().map(why -> "no: " + why).orElse("overlay"))
            .putAttributes("cgroup_v1", String.join(" ", ground.v1().keySet()))
            .putAttributes("cgroup_v2", String.join(" ", ground.v2Controllers()));
    List<String> lacking = LIMITS.stream().filter(each -> !capabilities.contains(each)).toList();
    if (!lacking.isEmpty()) {
      layer.putAttributes("lacking", String.join(" ", lacking));
    }
    return new DriverReport(
        DriverDescription.newBuilder()
            .setName(ProcessDriver.NAME)
            .setKind(Kind.KIND_PROCESS)
            .setAvailable(true)
            .addAllCapabilities(capabilities)
            .build(),
        List.of(layer.build()));
  }
}
