package dev.berth.agent.doctor;

/// What to do about a finding.
sealed interface Mend {
  /// Nothing.
  record Nothing() implements Mend {}

  /// A person types a command.
  record ByHand(String command) implements Mend {}

  /// The agent can do it; so can a person with a command.
  record ByAgent(String command) implements Mend {}

  /// What a person may type; empty when there is nothing to do.
  default String command() {
    return switch (this) {
      case Nothing() -> "";
      case ByHand(String command) -> command;
      case ByAgent(String command) -> command;
    };
  }
}
