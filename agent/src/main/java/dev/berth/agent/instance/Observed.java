package dev.berth.agent.instance;

import dev.berth.agent.driver.RunState;
import java.util.Optional;

/// All that is known of an instance on this node and that its next step depends on. Times are
/// monotonic milliseconds.
///
/// @param sight the object in the runtime
/// @param history of restarts
/// @param run the last run of the program
/// @param generation the restart request last carried out
/// @param resources revision of the spec whose resources the object has; 0: not known
/// @param retry when a failed call may be repeated; empty when none failed
/// @param outcome how it ended for good; empty while it has not
record Observed(
    Sight sight,
    RestartHistory history,
    Run run,
    long generation,
    long resources,
    Optional<Retry> retry,
    Optional<Outcome> outcome) {

  /// The generation of an instance whose past is not known.
  static final long GENERATION_UNKNOWN = Long.MAX_VALUE;

  /// The resources of what cannot get others: they are what they are.
  static final long RESOURCES_FIXED = Long.MAX_VALUE;

  private static final Run NO_RUN = new Run(false, 0, false);

  /// A run of the program.
  ///
  /// @param open whether it began and its end has not been judged yet
  /// @param startedMillis when it began
  /// @param healthy whether it counts as healthy
  record Run(boolean open, long startedMillis, boolean healthy) {}

  /// A call that failed and is to be repeated.
  ///
  /// @param failures in a row, from 1
  /// @param firstMillis when the first of them was
  /// @param dueMillis when the next try is due
  record Retry(int failures, long firstMillis, long dueMillis) {}

  /// An instance that was never worked on, as far as is known.
  static Observed fresh(Sight sight) {
    return new Observed(
        sight,
        RestartHistory.NONE,
        NO_RUN,
        GENERATION_UNKNOWN,
        0,
        Optional.empty(),
        Optional.empty());
  }

  /// Whether a run began whose end has not been judged yet.
  boolean ran() {
    return run.open;
  }

  Observed withGeneration(long fulfilled) {
    return new Observed(sight, history, run, fulfilled, resources, retry, outcome);
  }

  /// The object has the resources of this revision.
  Observed withResources(long revision) {
    return new Observed(sight, history, run, generation, revision, retry, outcome);
  }

  /// With another sight, which a successful call or news brought.
  Observed see(Sight next) {
    Run same = new Run(run.open, run.startedMillis, run.healthy && next.runs());
    return new Observed(next, history, same, generation, resources, retry, outcome);
  }

  /// The program runs since `sinceMillis`; the restart request `fulfilled` is thereby carried out.
  Observed began(RestartHistory next, long sinceMillis, long fulfilled) {
    Run begun = new Run(true, sinceMillis, false);
    return new Observed(sight, next, begun, fulfilled, resources, Optional.empty(), outcome);
  }

  /// The end of the last run was judged: it is to run again.
  Observed again(RestartHistory next) {
    return new Observed(sight, next, judged(), generation, resources, Optional.empty(), outcome);
  }

  /// It ended for good.
  Observed end(Outcome end) {
    return new Observed(
        sight,
        history.withoutDue(),
        judged(),
        generation,
        resources,
        Optional.empty(),
        Optional.of(end));
  }

  Observed healthyNow() {
    Run good = new Run(run.open, run.startedMillis, true);
    return new Observed(sight, history, good, generation, resources, retry, outcome);
  }

  Observed retryAt(Optional<Retry> next) {
    return new Observed(sight, history, run, generation, resources, next, outcome);
  }

  /// When the program ended, as the runtime says; empty when it has not, or is not known to have.
  Optional<RunState.Exited> exited() {
    return sight instanceof Sight.Present present && present.state() instanceof RunState.Exited end
        ? Optional.of(end)
        : Optional.empty();
  }

  private Run judged() {
    return new Run(false, run.startedMillis, false);
  }
}
