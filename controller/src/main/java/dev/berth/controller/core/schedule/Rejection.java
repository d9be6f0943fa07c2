package dev.berth.controller.core.schedule;

/// Why a node was refused.
///
/// @param label what was wrong, in a word or two that can follow a count: "CPU", "cordoned"
/// @param detail more of it, for people; empty: the label says it all
/// @param advice what a user can do about it, in one sentence without a full stop
/// @param scarce true when it may pass by itself as instances end or nodes are heard again
/// @param closeness of several nodes refused for the same reason the detail of the highest is shown
record Rejection(String label, String detail, String advice, boolean scarce, long closeness) {
  static Rejection standing(String label, String detail, String advice) {
    return new Rejection(label, detail, advice, false, 0);
  }

  static Rejection scarce(String label, String detail, String advice, long closeness) {
    return new Rejection(label, detail, advice, true, closeness);
  }
}
