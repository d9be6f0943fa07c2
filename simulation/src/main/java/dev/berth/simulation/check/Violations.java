package dev.berth.simulation.check;

import dev.berth.simulation.kernel.Kernel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The first violation of a run: what comes after it proves nothing.
public final class Violations {
  private final Kernel kernel;
  private @Nullable Violation first;

  /// None so far.
  public Violations(Kernel kernel) {
    this.kernel = kernel;
  }

  /// Notes that an invariant does not hold. The run is ended by [#raise] after the present event,
  /// because whoever finds it may be deep inside real code.
  public void add(int invariant, String text) {
    if (first == null) {
      first = new Violation(invariant, kernel.now(), text);
      kernel.trace().note(kernel.now(), "VIOLATION", text, invariant);
    }
  }

  /// Ends the run if something was found.
  public void raise() {
    Violation found = first;
    if (found != null) {
      throw new ViolationException(found);
    }
  }

  /// What was found.
  public Optional<Violation> first() {
    return Optional.ofNullable(first);
  }
}
