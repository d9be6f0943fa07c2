package dev.berth.cli.up;

import java.util.List;

/// Three commands to try next, which work as they are printed: on a new cluster the first
/// workload is made, on one that has
/// workloads it is looked at.
final class Tries {
  private Tries() {}

  /// @param berth how the user called the command line, such as `./berth`
  /// @param workloads that the cluster has already
  static List<String> commands(String berth, List<String> workloads) {
    if (workloads.isEmpty()) {
      return List.of(
          berth + " run -d --name web --replicas 3 -p 80 " + DemoImage.NAME,
          berth + " ps",
          berth + " logs -f web");
    }
    return List.of(
        berth + " ps",
        berth + " inspect " + workloads.getFirst(),
        berth + " run --rm " + DemoImage.NAME + " echo hello");
  }
}
