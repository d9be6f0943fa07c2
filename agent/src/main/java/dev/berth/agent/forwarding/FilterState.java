package dev.berth.agent.forwarding;

/// What was seen of one packet filter.
public sealed interface FilterState {
  /// Of which.
  FilterProgram program();

  /// Its rules.
  record Seen(FilterProgram program, FilterTable table) implements FilterState {}

  /// It is there, and its rules cannot be seen.
  ///
  /// @param reason for people
  record Hidden(FilterProgram program, String reason) implements FilterState {}

  /// The kernel does not use it, so that it drops nothing. Looking at its rules would load it.
  record Unused(FilterProgram program) implements FilterState {}
}
