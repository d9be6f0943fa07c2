package dev.berth.agent.driver;

/// Is told what happens in a runtime. Callbacks return at once and never throw.
public interface RuntimeListener {
  /// An instance started, ended or vanished, whoever did it. May come more than once, and late: the
  /// receiver compares the times.
  void changed(Observation observation);

  /// The runtime's news are lost from here on: what was known may be wrong, and nothing else is
  /// known.
  ///
  /// @param reason for people
  void interrupted(String reason);

  /// News flow (again): what happened before is not told again, so the receiver lists. Also called
  /// once at the beginning.
  void resumed();
}
