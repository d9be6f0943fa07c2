package dev.berth.spec;

import dev.berth.v1.LostPolicy;
import dev.berth.v1.Mount;
import dev.berth.v1.RestartCondition;
import dev.berth.v1.RestartPolicy;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Checks a spec against every bound that the contract documents. Good for specs with and without
/// their defaults filled in.
public final class SpecValidator {
  private static final int LABELS_MAX = 64;
  private static final int MOUNTS_MAX = 64;
  private static final int PRIORITY_MAX = 100;

  private SpecValidator() {}

  /// Everything that is wrong with the spec, at most 100 findings; empty when it is good. Field
  /// paths are below the spec, in the contract's spelling: `container.working_dir`.
  public static List<Violation> validate(WorkloadSpec spec) {
    Findings findings = new Findings();
    type(spec, findings);
    findings.range("replicas", spec.getReplicas(), 0, SlotName.MAX_SLOT);
    switch (spec.getRuntimeCase()) {
      case CONTAINER -> {
        ContainerRules.check("container", spec.getContainer(), findings);
        ContainerNetworkRules.joined(spec, findings);
      }
      case VM -> VmRules.check("vm", spec, findings);
      case PROCESS -> ProcessRules.check("process", spec, findings);
      case RUNTIME_NOT_SET ->
          findings.add("container", "missing (expected: what to run: container, vm or process)");
    }
    ResourceRules.check("resources", spec.getResources(), findings);
    NetworkRules.check(spec.getPortsList(), findings);
    mounts(spec.getMountsList(), findings);
    labels("labels", spec.getLabelsMap(), LABELS_MAX, findings);
    PlacementRules.check("placement", spec.getPlacement(), findings);
    restart(spec.getRestart(), findings);
    if (spec.hasStopGrace()) {
      findings.duration("stop_grace", spec.getStopGrace(), Duration.ZERO, Duration.ofHours(1));
    }
    if (spec.getLostPolicy() == LostPolicy.UNRECOGNIZED) {
      findings.add(
          "lost_policy",
          "value: " + spec.getLostPolicyValue() + " (expected: replace, hold or fence)");
    }
    findings.range("priority", spec.getPriority(), 0, PRIORITY_MAX);
    findings.range(
        "disruption_budget.max_unavailable",
        spec.getDisruptionBudget().getMaxUnavailable(),
        0,
        SlotName.MAX_SLOT);
    return findings.asList();
  }

  /// Everything that is wrong with a node's labels; paths begin with `path`.
  public static List<Violation> validateLabels(String path, Map<String, String> labels) {
    Findings findings = new Findings();
    labels(path, labels, LABELS_MAX, findings);
    return findings.asList();
  }

  private static void type(WorkloadSpec spec, Findings findings) {
    if (spec.getType() == WorkloadType.WORKLOAD_TYPE_UNSPECIFIED
        || spec.getType() == WorkloadType.UNRECOGNIZED) {
      findings.add("type", "value: " + spec.getTypeValue() + " (expected: service or batch)");
    }
  }

  private static void mounts(List<Mount> mounts, Findings findings) {
    findings.count("mounts", mounts.size(), MOUNTS_MAX, "mounts");
    Set<String> targets = new HashSet<>();
    for (int i = 0; i < mounts.size(); i++) {
      Mount mount = mounts.get(i);
      String path = "mounts[" + i + "]";
      findings.check(path + ".target", Paths.problem(mount.getTarget()));
      if (!targets.add(mount.getTarget())) {
        findings.add(
            path + ".target",
            "value: " + Printable.quote(mount.getTarget()) + " (expected: a target used once)");
      }
      switch (mount.getSourceCase()) {
        case HOST_PATH ->
            findings.check(path + ".host_path", Paths.hostProblem(mount.getHostPath()));
        case VOLUME -> findings.check(path + ".volume", Names.volumeProblem(mount.getVolume()));
        case SOURCE_NOT_SET -> findings.add(path, "missing (expected: host_path or volume)");
      }
    }
  }

  private static void labels(String path, Map<String, String> labels, int max, Findings findings) {
    findings.count(path, labels.size(), max, "labels");
    for (Map.Entry<String, String> label : labels.entrySet()) {
      String where = path + "[" + Printable.quote(label.getKey()) + "]";
      findings.check(where, Names.labelKeyProblem(label.getKey()));
      findings.check(where, Names.labelValueProblem(label.getValue()));
    }
  }

  private static void restart(RestartPolicy restart, Findings findings) {
    if (restart.getCondition() == RestartCondition.UNRECOGNIZED) {
      findings.add(
          "restart.condition",
          "value: " + restart.getConditionValue() + " (expected: never, on-failure or always)");
    }
    findings.range("restart.attempts", restart.getAttempts(), 0, 1000);
    if (restart.hasWindow()) {
      findings.duration(
          "restart.window", restart.getWindow(), Duration.ofSeconds(1), Duration.ofDays(7));
    }
    if (restart.hasDelay()) {
      findings.duration("restart.delay", restart.getDelay(), Duration.ZERO, Duration.ofHours(1));
    }
  }
}
