package dev.berth.e2e.harness;

import java.util.ArrayList;
import java.util.List;

/// Judges from a Docker daemon's own listing, not from what Berth says.
public final class DockerProbe {
  private static final String FORMAT =
      "{{.ID}} {{.State.Status}} {{.State.StartedAt}}"
          + " {{index .Config.Labels \"dev.berth.instance\"}}"
          + " {{index .Config.Labels \"dev.berth.workload\"}}"
          + ".{{index .Config.Labels \"dev.berth.slot\"}} {{.HostConfig.Memory}}";

  private final DockerHost host;

  DockerProbe(DockerHost host) {
    this.host = host;
  }

  /// All containers of Berth's, in order of their slots.
  public List<ContainerView> containers() {
    String ids =
        host.docker("ps", "-aq", "--no-trunc", "--filter", "label=dev.berth.instance").output();
    if (ids.isBlank()) {
      return List.of();
    }
    List<String> words =
        new ArrayList<>(List.of("docker", "-H", host.dockerHost(), "inspect", "--format", FORMAT));
    words.addAll(ids.lines().toList());
    // One that vanished since the listing makes the command fail; it is said on stderr only.
    return Command.of(words)
        .run()
        .out()
        .lines()
        .map(DockerProbe::parse)
        .sorted(java.util.Comparator.comparing(ContainerView::slot))
        .toList();
  }

  /// Those that run.
  public List<ContainerView> running() {
    return containers().stream().filter(ContainerView::running).toList();
  }

  /// Those of a workload that run.
  public List<ContainerView> running(String workload) {
    return running().stream().filter(c -> c.slot().startsWith(workload + ".")).toList();
  }

  private static ContainerView parse(String line) {
    String[] words = line.split(" ", -1);
    return new ContainerView(
        words[0], words[1], words[2], words[3], words[4], Long.parseLong(words[5]));
  }
}
