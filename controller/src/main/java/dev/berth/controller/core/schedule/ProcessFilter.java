package dev.berth.controller.core.schedule;

import dev.berth.v1.Kind;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.ProcessIsolation;
import dev.berth.v1.ProcessSpec;
import dev.berth.v1.WorkloadSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The rule of the default policy about how plain processes are confined.
final class ProcessFilter {
  private ProcessFilter() {}

  /// Their agents can enforce what a process is to be held to: what is asked for is never left out.
  static @Nullable Rejection confinement(
      NodeClass nodes, PlacementRequest request, PlacementNeeds needs) {
    if (!request.spec().hasProcess()) {
      return null;
    }
    for (Map.Entry<String, String> need : needs(request.spec()).entrySet()) {
      if (!can(nodes, need.getKey())) {
        return Rejection.standing(
            "cannot " + need.getValue(),
            "",
            "see what their process driver can do: berth node inspect; an agent that is root, with"
                + " the kernel's cgroup controllers, can do all of it");
      }
    }
    return null;
  }

  private static boolean can(NodeClass nodes, String capability) {
    for (NodeClass.Driver driver : nodes.key().drivers()) {
      if (driver.available()
          && driver.isFor(Kind.KIND_PROCESS, "")
          && driver.capabilities().contains(capability)) {
        return true;
      }
    }
    return false;
  }

  /// Capabilities of the driver, and what each is needed for.
  private static Map<String, String> needs(WorkloadSpec spec) {
    ProcessSpec process = spec.getProcess();
    Map<String, String> needs = new LinkedHashMap<>();
    if (spec.getResources().getCpuMillis() > 0) {
      needs.put("cpu-limit", "limit the CPU of processes");
    }
    if (spec.getResources().getMemoryBytes() > 0) {
      needs.put("memory-limit", "limit the memory of processes");
    }
    if (process.getMaxProcesses() > 0) {
      needs.put("pids-limit", "limit the number of processes");
    }
    if (!process.getUser().isEmpty()) {
      needs.put("users", "run processes as another user");
    }
    if (process.getIsolation() == ProcessIsolation.PROCESS_ISOLATION_NAMESPACES) {
      needs.put("namespaces", "give processes namespaces of their own");
    }
    if (process.getIsolation() == ProcessIsolation.PROCESS_ISOLATION_ROOTFS) {
      needs.put("rootfs", "give processes a root file system of their own");
    }
    if (spec.getLostPolicy() == LostPolicy.LOST_POLICY_FENCE) {
      needs.put("fence", "end processes whose agent is dead or hangs");
    }
    if (process.getFilesCount() > 0 || process.getArtifactsCount() > 0) {
      needs.put("files", "place files for processes, which a newer agent can");
    }
    return needs;
  }
}
