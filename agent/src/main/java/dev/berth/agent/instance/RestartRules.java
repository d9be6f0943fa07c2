package dev.berth.agent.instance;

import dev.berth.spec.Durations;
import dev.berth.spec.WorkloadDefaults;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.RestartCondition;
import dev.berth.v1.RestartPolicy;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// The restart policy: what happens on the node when a program ended. Pure.
final class RestartRules {
  /// A run that ends sooner counts as a crash at start.
  static final long QUICK_MILLIS = 10_000;

  /// A run that lasted longer makes up for all crashes before it.
  static final long GOOD_RUN_MILLIS = 600_000;

  private static final long BACK_OFF_MIN_MILLIS = 10_000;
  private static final long BACK_OFF_MAX_MILLIS = 300_000;

  private RestartRules() {}

  /// A run that ended.
  ///
  /// @param exitCode empty when nobody knows: the object vanished
  /// @param ranMillis how long it ran
  /// @param reason one word when the end had a special one, such as "OutOfMemory"; else empty
  /// @param message for people: how it ended
  record End(OptionalInt exitCode, long ranMillis, String reason, String message) {}

  /// What the policy says.
  sealed interface Judgement {
    /// Run it again when the history's due time has come.
    record Again(RestartHistory history, long waitMillis, String message) implements Judgement {}

    /// It stays ended.
    record Over(Outcome outcome) implements Judgement {}
  }

  static Judgement judge(
      AssignedInstance instance, End end, RestartHistory history, long nowMillis) {
    RestartPolicy policy = WorkloadDefaults.fill(instance.getSpec()).getRestart();
    boolean success = end.exitCode().isPresent() && end.exitCode().getAsInt() == 0;
    boolean again =
        policy.getCondition() == RestartCondition.RESTART_CONDITION_ALWAYS
            || (policy.getCondition() == RestartCondition.RESTART_CONDITION_ON_FAILURE && !success);
    if (!again) {
      return new Judgement.Over(
          success
              ? new Outcome(InstanceState.INSTANCE_STATE_COMPLETE, "", "")
              : failed(end.reason().isEmpty() ? "ExitCode" : end.reason(), end.message()));
    }
    long windowStart = nowMillis - Durations.fromProto(policy.getWindow()).toMillis();
    List<Long> recent = history.times().stream().filter(time -> time > windowStart).toList();
    if (recent.size() >= policy.getAttempts()) {
      return new Judgement.Over(
          failed(
              end.reason().isEmpty() ? "RestartsUsedUp" : end.reason(),
              end.message()
                  + " after "
                  + recent.size()
                  + " restarts within "
                  + Durations.format(Durations.fromProto(policy.getWindow()))
                  + ", which is all that its restart policy allows; see its logs"));
    }
    long wait = waitMillis(Durations.fromProto(policy.getDelay()).toMillis(), end, history);
    RestartHistory next =
        new RestartHistory(
            history.restarts(),
            recent,
            quickEnds(end, history),
            wait,
            OptionalLong.of(nowMillis + wait));
    String message =
        end.message()
            + "; restart "
            + (recent.size() + 1)
            + " of "
            + policy.getAttempts()
            + " follows";
    return new Judgement.Again(next, wait, message);
  }

  private static long waitMillis(long delay, End end, RestartHistory history) {
    int quickEnds = quickEnds(end, history);
    if (quickEnds == 0) {
      return delay;
    }
    if (end.ranMillis() >= QUICK_MILLIS) {
      return Math.max(delay, history.waitMillis());
    }
    if (quickEnds == 1) {
      return delay;
    }
    long doubled = Math.max(BACK_OFF_MIN_MILLIS, 2 * history.waitMillis());
    return Math.max(delay, Math.min(BACK_OFF_MAX_MILLIS, doubled));
  }

  private static int quickEnds(End end, RestartHistory history) {
    if (end.ranMillis() >= GOOD_RUN_MILLIS) {
      return 0;
    }
    return end.ranMillis() < QUICK_MILLIS ? history.quickEnds() + 1 : history.quickEnds();
  }

  private static Outcome failed(String reason, String message) {
    return new Outcome(InstanceState.INSTANCE_STATE_FAILED, reason, message);
  }
}
