package dev.berth.agent.boot;

import dev.berth.v1.BootPhase;
import java.util.List;

/// What a line of the console says about the start of the machine.
public sealed interface BootSign {
  /// Nothing.
  record Nothing() implements BootSign {}

  /// Phases were entered.
  ///
  /// @param phases in their order, at least one: a line may show that the kernel runs, unseen until
  ///     then, and begin a phase of its own
  record Entered(List<BootPhase> phases) implements BootSign {
    /// Copies the list.
    public Entered {
      phases = List.copyOf(phases);
    }
  }

  /// The machine has started again by itself: what was entered after CREATED is of the past, and
  /// these phases are the first of the new start.
  ///
  /// @param phases in their order, at least one
  record Rebooted(List<BootPhase> phases) implements BootSign {
    /// Copies the list.
    public Rebooted {
      phases = List.copyOf(phases);
    }
  }
}
