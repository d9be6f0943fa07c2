package dev.berth.agent.instance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.berth.agent.driver.Assigned;
import dev.berth.agent.instance.RestartRules.End;
import dev.berth.agent.instance.RestartRules.Judgement;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.RestartCondition;
import dev.berth.v1.RestartPolicy;
import dev.berth.v1.WorkloadType;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class RestartRulesTest {
  private static final long NOW = 10_000_000;
  private static final AssignedInstance SERVICE = Assigned.container("web", 1, "runs");
  private static final AssignedInstance BATCH =
      with(SERVICE, WorkloadType.WORKLOAD_TYPE_BATCH, RestartPolicy.getDefaultInstance());

  @Test
  void aServiceIsRestartedTwiceWithinHalfAnHourAndThenFails() {
    RestartHistory history = RestartHistory.NONE;
    for (int i = 0; i < 2; i++) {
      Judgement.Again again = again(SERVICE, crash(60_000), history, NOW + i);
      assertEquals(15_000, again.waitMillis());
      history = again.history().restarted(NOW + i);
    }
    Outcome over = over(SERVICE, crash(60_000), history, NOW + 3);
    assertEquals(InstanceState.INSTANCE_STATE_FAILED, over.state());
    assertEquals("RestartsUsedUp", over.reason());
    assertEquals(2, history.restarts());
  }

  @Test
  void restartsThatAreLongAgoAreForgiven() {
    RestartHistory history =
        new RestartHistory(2, List.of(NOW, NOW + 1), 0, 0, OptionalLong.empty());
    long later = NOW + 30 * 60_000 + 2;
    assertEquals(List.of(), again(SERVICE, crash(60_000), history, later).history().times());
  }

  @Test
  void aServiceIsRestartedAlsoAfterSuccess() {
    assertEquals(15_000, again(SERVICE, end(0, 60_000), RestartHistory.NONE, NOW).waitMillis());
  }

  @Test
  void aBatchIsCompleteAfterSuccessAndRestartedAfterFailure() {
    assertEquals(
        InstanceState.INSTANCE_STATE_COMPLETE,
        over(BATCH, end(0, 60_000), RestartHistory.NONE, NOW).state());
    assertEquals(15_000, again(BATCH, end(1, 60_000), RestartHistory.NONE, NOW).waitMillis());
  }

  @Test
  void neverMeansNever() {
    AssignedInstance never =
        with(
            SERVICE,
            WorkloadType.WORKLOAD_TYPE_SERVICE,
            RestartPolicy.newBuilder()
                .setCondition(RestartCondition.RESTART_CONDITION_NEVER)
                .build());
    Outcome failed = over(never, end(9, 60_000), RestartHistory.NONE, NOW);
    assertEquals(InstanceState.INSTANCE_STATE_FAILED, failed.state());
    assertEquals("ExitCode", failed.reason());
  }

  @Test
  void crashesAtStartWaitTwiceAsLongEachTimeUpToFiveMinutes() {
    assertEquals(
        List.of(0L, 10_000L, 20_000L, 40_000L, 80_000L, 160_000L, 300_000L, 300_000L),
        waits(eager(0), 8));
    assertEquals(
        List.of(15_000L, 30_000L, 60_000L, 120_000L, 240_000L, 300_000L), waits(eager(15), 6));
    assertEquals(List.of(900_000L, 900_000L), waits(eager(900), 2));
  }

  @Test
  void tenMinutesOfRunningMakeUpForAllCrashes() {
    RestartHistory history = RestartHistory.NONE;
    for (int i = 0; i < 5; i++) {
      history = again(eager(0), crash(100), history, NOW).history().restarted(NOW);
    }
    assertEquals(80_000, again(eager(0), crash(60_000), history, NOW).waitMillis());
    assertEquals(0, again(eager(0), crash(600_000), history, NOW).waitMillis());
  }

  @Test
  void wantOfMemoryIsSaid() {
    AssignedInstance once =
        with(
            SERVICE,
            WorkloadType.WORKLOAD_TYPE_SERVICE,
            RestartPolicy.newBuilder().setAttempts(0).build());
    End end = new End(OptionalInt.of(137), 60_000, "OutOfMemory", "it ran out of memory");
    assertEquals("OutOfMemory", over(once, end, RestartHistory.NONE, NOW).reason());
  }

  private static List<Long> waits(AssignedInstance instance, int crashes) {
    List<Long> waits = new ArrayList<>();
    RestartHistory history = RestartHistory.NONE;
    for (int i = 0; i < crashes; i++) {
      Judgement.Again again = again(instance, crash(100), history, NOW);
      waits.add(again.waitMillis());
      history = again.history().restarted(NOW);
    }
    return waits;
  }

  private static AssignedInstance eager(int delaySeconds) {
    RestartPolicy.Builder policy = RestartPolicy.newBuilder().setAttempts(1000);
    policy.getDelayBuilder().setSeconds(delaySeconds);
    return with(SERVICE, WorkloadType.WORKLOAD_TYPE_SERVICE, policy.build());
  }

  private static End crash(long ranMillis) {
    return end(1, ranMillis);
  }

  private static End end(int exitCode, long ranMillis) {
    return new End(OptionalInt.of(exitCode), ranMillis, "", "it ended with exit code " + exitCode);
  }

  private static Judgement.Again again(
      AssignedInstance instance, End end, RestartHistory history, long now) {
    return assertInstanceOf(Judgement.Again.class, RestartRules.judge(instance, end, history, now));
  }

  private static Outcome over(
      AssignedInstance instance, End end, RestartHistory history, long now) {
    return assertInstanceOf(Judgement.Over.class, RestartRules.judge(instance, end, history, now))
        .outcome();
  }

  private static AssignedInstance with(
      AssignedInstance instance, WorkloadType type, RestartPolicy policy) {
    AssignedInstance.Builder changed = instance.toBuilder();
    changed.getSpecBuilder().setType(type).setRestart(policy);
    return changed.build();
  }
}
