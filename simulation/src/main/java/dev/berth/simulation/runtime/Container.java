package dev.berth.simulation.runtime;

import dev.berth.agent.driver.Labels;
import dev.berth.agent.driver.RunState;
import dev.berth.v1.Resources;
import java.util.Map;

/// One object of a runtime.
public final class Container {
  private final String id;
  private final Map<String, String> labels;
  private final String image;
  private Resources size = Resources.getDefaultInstance();
  private RunState state = new RunState.Created();
  private int run;

  Container(String id, Map<String, String> labels, String image) {
    this.id = id;
    this.labels = labels;
    this.image = image;
  }

  /// The runtime's own identity of it.
  public String id() {
    return id;
  }

  /// What was written on it when it was made.
  public Map<String, String> labels() {
    return labels;
  }

  /// The instance it was made for; empty: somebody else's.
  public String instance() {
    return labels.getOrDefault(Labels.INSTANCE, "");
  }

  /// The slot it was made for, with its workload's UID.
  public String slot() {
    return labels.getOrDefault(Labels.WORKLOAD_UID, "")
        + "."
        + labels.getOrDefault(Labels.SLOT, "");
  }

  /// What runs in it, which says how it behaves.
  public String image() {
    return image;
  }

  /// What it does.
  public RunState state() {
    return state;
  }

  /// Whether its program runs.
  public boolean isLive() {
    return state instanceof RunState.Running;
  }

  /// CPUs and memory that it has, or has from its next start on.
  Resources size() {
    return size;
  }

  void size(Resources next) {
    size = next;
  }

  void become(RunState next) {
    state = next;
    run++;
  }

  /// Counts its changes, so that what was planned for one run does not hit the next.
  int run() {
    return run;
  }
}
