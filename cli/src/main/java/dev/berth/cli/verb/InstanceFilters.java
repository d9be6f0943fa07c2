package dev.berth.cli.verb;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.Listings;
import dev.berth.cli.cluster.RunningInstances;
import dev.berth.v1.Health;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// What `--filter` of instances means: Berth's own keys, and those of docker.
final class InstanceFilters {
  /// All keys.
  static final List<String> KEYS =
      List.of(
          "name",
          "id",
          "workload",
          "slot",
          "namespace",
          "node",
          "kind",
          "state",
          "status",
          "health",
          "image",
          "ancestor",
          "label",
          "exited");

  private static final Set<String> OF_ENDED = Set.of("state", "status", "exited");
  private static final String KIND_PREFIX = "KIND_";

  private final Map<String, Map<String, String>> labels = new HashMap<>();

  /// Whether a filter can be about instances that ended, which are then listed without `-a`.
  static boolean seesEnded(Set<String> keys) {
    return keys.stream().anyMatch(OF_ENDED::contains);
  }

  /// Reads what only workloads say, when a filter asks for it.
  ///
  /// @param namespace of the instances; "-": all
  void prepare(Cluster cluster, String namespace, Set<String> keys) {
    if (keys.contains("label")) {
      Listings.workloads(cluster, namespace)
          .getWorkloadsList()
          .forEach(
              each ->
                  labels.put(
                      each.getNamespace() + "/" + each.getName(), each.getSpec().getLabelsMap()));
    }
  }

  /// Whether an instance has the value of a key.
  boolean fits(Instance instance, String key, String wanted) {
    InstanceStatus status = instance.getStatus();
    return switch (key) {
      // As with docker, a part of the name is enough.
      case "name" -> instance.getName().contains(wanted);
      case "id" -> instance.getId().startsWith(wanted.toLowerCase(Locale.ROOT));
      case "workload" -> instance.getWorkload().equals(wanted);
      case "slot" -> instance.getName().equals(wanted);
      case "namespace" -> instance.getNamespace().equals(wanted);
      case "node" -> instance.getNode().equals(wanted);
      case "kind" ->
          instance.getKind().name().substring(KIND_PREFIX.length()).equalsIgnoreCase(wanted);
      case "state" -> InstanceText.stateName(status.getState()).equalsIgnoreCase(wanted);
      case "status" -> hasStatus(instance, wanted.toLowerCase(Locale.ROOT));
      case "health" -> healthName(status.getHealth()).contains(wanted.toLowerCase(Locale.ROOT));
      case "image", "ancestor" -> isImage(instance.getImage(), wanted);
      case "label" -> hasLabel(instance, wanted);
      default ->
          status.hasExitCode()
              && isFinal(status.getState())
              && Integer.toString(status.getExitCode()).equals(wanted);
    };
  }

  /// The words of docker, or a state.
  private static boolean hasStatus(Instance instance, String wanted) {
    InstanceStatus status = instance.getStatus();
    InstanceState state = status.getState();
    return switch (wanted) {
      case "running" -> RunningInstances.runs(instance) && !status.getPaused();
      case "paused" -> status.getPaused();
      case "restarting" -> status.hasNextRestartTime();
      case "created" -> state.getNumber() < InstanceState.INSTANCE_STATE_RUNNING_VALUE;
      case "removing" -> state == InstanceState.INSTANCE_STATE_STOPPING;
      case "exited" -> isFinal(state) && state != InstanceState.INSTANCE_STATE_LOST;
      case "dead" -> state == InstanceState.INSTANCE_STATE_LOST;
      default -> InstanceText.stateName(state).equalsIgnoreCase(wanted);
    };
  }

  private static boolean isFinal(InstanceState state) {
    return state.getNumber() > InstanceState.INSTANCE_STATE_STOPPING_VALUE;
  }

  private static List<String> healthName(Health health) {
    return switch (health) {
      case HEALTH_HEALTHY -> List.of("healthy");
      case HEALTH_UNHEALTHY -> List.of("unhealthy");
      // "none" is docker's word.
      case HEALTH_UNSPECIFIED, UNRECOGNIZED -> List.of("none", "unspecified");
    };
  }

  /// With or without its tag or digest.
  private static boolean isImage(String image, String wanted) {
    return image.equals(wanted) || image.startsWith(wanted + ":") || image.startsWith(wanted + "@");
  }

  private boolean hasLabel(Instance instance, String wanted) {
    Map<String, String> own =
        labels.getOrDefault(instance.getNamespace() + "/" + instance.getWorkload(), Map.of());
    int equals = wanted.indexOf('=');
    return equals < 0
        ? own.containsKey(wanted)
        : wanted.substring(equals + 1).equals(own.get(wanted.substring(0, equals)));
  }
}
