package dev.berth.cli.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Samples;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.RestartCondition;
import dev.berth.v1.Workload;
import dev.berth.v1.WorkloadType;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndingTest {
  private static final Target ALL = new Target("job", List.of());

  @Test
  void endsWhenEverySlotHasEnded() {
    Ending ending = new Ending(batch(2, RestartCondition.RESTART_CONDITION_NEVER), ALL);
    Instance good = ended(1, InstanceState.INSTANCE_STATE_COMPLETE, 0, "a");
    assertFalse(ending.isReached(List.of(good), false), "slot 2 is missing");
    Instance bad = ended(2, InstanceState.INSTANCE_STATE_FAILED, 9, "b");
    assertTrue(ending.isReached(List.of(good, bad), false));
    assertEquals(9, ending.exitCode());
  }

  @Test
  void aFailureThatIsTriedAgainIsNoEnd() {
    Ending ending = new Ending(batch(1, RestartCondition.RESTART_CONDITION_ON_FAILURE), ALL);
    Instance first = ended(1, InstanceState.INSTANCE_STATE_FAILED, 1, "a");
    assertFalse(ending.isReached(List.of(first), false));
    Instance second = Samples.instance("job", 1, InstanceState.INSTANCE_STATE_RUNNING).build();
    assertFalse(ending.isReached(List.of(first, second), false));
    Instance failed = ended(1, InstanceState.INSTANCE_STATE_FAILED, 2, "b");
    assertTrue(ending.isReached(List.of(failed), false), "the second failure is the last");
    assertEquals(2, ending.exitCode());
  }

  @Test
  void aFailureWithoutSuccessorEndsAfterSomeQuiet() {
    Ending ending = new Ending(batch(1, RestartCondition.RESTART_CONDITION_ON_FAILURE), ALL);
    Instance failed = ended(1, InstanceState.INSTANCE_STATE_FAILED, 3, "a");
    assertFalse(ending.isReached(List.of(failed), false));
    assertTrue(ending.isReached(List.of(failed), true));
  }

  @Test
  void aServiceEndsOnlyWhenItIsStopped() {
    Workload.Builder service = batch(1, RestartCondition.RESTART_CONDITION_ALWAYS).toBuilder();
    service.getSpecBuilder().setType(WorkloadType.WORKLOAD_TYPE_SERVICE);
    Ending ending = new Ending(service.build(), ALL);
    Instance failed = ended(1, InstanceState.INSTANCE_STATE_FAILED, 1, "a");
    assertFalse(ending.isReached(List.of(failed), true));
    Instance stopped = ended(1, InstanceState.INSTANCE_STATE_STOPPED, 143, "b");
    assertTrue(ending.isReached(List.of(stopped), false));
    assertEquals(143, ending.exitCode());
  }

  @Test
  void aLostInstanceIsNoEnd() {
    Ending ending = new Ending(batch(1, RestartCondition.RESTART_CONDITION_NEVER), ALL);
    Instance lost = Samples.instance("job", 1, InstanceState.INSTANCE_STATE_LOST).build();
    assertFalse(ending.isReached(List.of(lost), false));
  }

  @Test
  void looksAtOneSlotWhenOneIsMeant() {
    Ending ending =
        new Ending(
            batch(3, RestartCondition.RESTART_CONDITION_NEVER), new Target("job", List.of(2)));
    assertTrue(
        ending.isReached(List.of(ended(2, InstanceState.INSTANCE_STATE_COMPLETE, 0, "a")), false));
    assertEquals(0, ending.exitCode());
  }

  @Test
  void noReplicasHaveEndedAtOnce() {
    Ending ending = new Ending(batch(0, RestartCondition.RESTART_CONDITION_NEVER), ALL);
    assertTrue(ending.isReached(List.of(), false));
    assertEquals(0, ending.exitCode());
  }

  private static Workload batch(int replicas, RestartCondition condition) {
    Workload.Builder workload = Samples.workload("job").toBuilder();
    workload
        .getSpecBuilder()
        .setType(WorkloadType.WORKLOAD_TYPE_BATCH)
        .setReplicas(replicas)
        .getRestartBuilder()
        .setCondition(condition);
    return workload.build();
  }

  private static Instance ended(int slot, InstanceState state, int code, String prefix) {
    Instance.Builder instance = Samples.instance("job", slot, state);
    instance.setId(prefix + instance.getId().substring(1)).getStatusBuilder().setExitCode(code);
    return instance.build();
  }
}
