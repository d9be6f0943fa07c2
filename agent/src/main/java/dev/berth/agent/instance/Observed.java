package dev.berth.agent.instance;

import dev.berth.agent.driver.RunState;
import java.util.Optional;

/// All that is known of an instance on this node and that its next step depends on. Times are
/// monotonic milliseconds.
///
/// @param sight the object in the runtime
/// @param history of restarts
/// @param ran whether a run began whose end has not been judged yet
/// @param startedMillis when the last run began
/// @param generation the restart request last carried out
/// @param healthy whether the present run counts as healthy
/// @param retry when a failed call may be repeated; empty when none failed
/// @param outcome how it ended for good; empty while it has not
record Observed(
    Sight sight,
    RestartHistory history,
    boolean ran,
    long startedMillis,
    long generation,
    boolean healthy,
    Optional<Retry> retry,
    Optional<Outcome> outcome) {

  /// A call that failed and is to be repeated.
  ///
  /// @param failures in a row, from 1
  /// @param firstMillis when the first of them was
  /// @param dueMillis when the next try is due
  record Retry(int failures, long firstMillis, long dueMillis) {}

  /// The generation of an instance whose past is not known.
  static final long GENERATION_UNKNOWN = Long.MAX_VALUE;

  /// An instance that was never worked on, as far as is known.
  static Observed fresh(Sight sight) {
    return new Observed(
        sight,
        RestartHistory.NONE,
        false,
        0,
        GENERATION_UNKNOWN,
        false,
        Optional.empty(),
        Optional.empty());
  }

  Observed withGeneration(long fulfilled) {
    return new Observed(sight, history, ran, startedMillis, fulfilled, healthy, retry, outcome);
  }

  /// With another sight, which a successful call or news brought.
  Observed see(Sight next) {
    return new Observed(
        next, history, ran, startedMillis, generation, healthy && next.runs(), retry, outcome);
  }

  /// The program runs since `sinceMillis`; the restart request `generation` is thereby fulfilled.
  Observed began(RestartHistory next, long sinceMillis, long fulfilled) {
    return new Observed(
        sight, next, true, sinceMillis, fulfilled, false, Optional.empty(), outcome);
  }

  /// The end of the last run was judged: it is to run again.
  Observed again(RestartHistory next) {
    return new Observed(
        sight, next, false, startedMillis, generation, false, Optional.empty(), outcome);
  }

  /// It ended for good.
  Observed end(Outcome end) {
    return new Observed(
        sight,
        history.withoutDue(),
        false,
        startedMillis,
        generation,
        false,
        Optional.empty(),
        Optional.of(end));
  }

  Observed healthyNow() {
    return new Observed(sight, history, ran, startedMillis, generation, true, retry, outcome);
  }

  Observed retryAt(Optional<Retry> next) {
    return new Observed(sight, history, ran, startedMillis, generation, healthy, next, outcome);
  }

  /// When the program ended, as the runtime says; empty when it has not, or is not known to have.
  Optional<RunState.Exited> exited() {
    return sight instanceof Sight.Present present && present.state() instanceof RunState.Exited end
        ? Optional.of(end)
        : Optional.empty();
  }
}
