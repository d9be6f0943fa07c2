package dev.berth.client.yaml;

/// One thing that is wrong with a file.
///
/// @param at where
/// @param path the field, as `workloads.web.replicas`; empty for the text itself
/// @param message what is wrong and what was expected, safe to show
public record YamlProblem(Position at, String path, String message)
    implements Comparable<YamlProblem> {
  @Override
  public int compareTo(YamlProblem other) {
    return at.compareTo(other.at);
  }

  /// `7:15: workloads.web.replicas: value: -1 (expected: 0 to 10000)`.
  @Override
  public String toString() {
    return at + ": " + (path.isEmpty() ? "" : path + ": ") + message;
  }
}
