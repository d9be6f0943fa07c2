package dev.berth.e2e.harness;

/// A container of Berth's as its Docker daemon shows it.
///
/// @param id full id
/// @param state "running", "exited" …
/// @param startTime when it was last started, as Docker writes it
/// @param instance id of the instance
/// @param slot the slot as users type it: "web.2"
/// @param memoryBytes its memory limit; 0: none
public record ContainerView(
    String id, String state, String startTime, String instance, String slot, long memoryBytes) {
  /// Whether it runs.
  public boolean running() {
    return "running".equals(state);
  }
}
