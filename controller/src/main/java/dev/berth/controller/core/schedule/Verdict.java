package dev.berth.controller.core.schedule;

/// What became of one node in a placement.
public sealed interface Verdict {
  /// The node.
  String node();

  /// It would do.
  ///
  /// @param score higher is better
  record Fits(String node, double score) implements Verdict {}

  /// It will not do.
  record Rejected(String node, Rejection rejection) implements Verdict {}
}
