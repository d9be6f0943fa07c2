package dev.berth.controller.core.schedule;

/// Why a node was refused.
///
/// @param label what was wrong, in a word or two that can follow a count: "CPU", "cordoned"
/// @param detail more of it, for people; empty: the label says it all
/// @param scarce true when it may pass by itself as instances end
/// @param closeness of several nodes refused for the same reason the detail of the highest is shown
public record Rejection(String label, String detail, boolean scarce, long closeness) {
  static Rejection standing(String label, String detail) {
    return new Rejection(label, detail, false, 0);
  }

  static Rejection scarce(String label, String detail, long closeness) {
    return new Rejection(label, detail, true, closeness);
  }
}
