package dev.berth.agent.instance;

import static dev.berth.agent.instance.Bench.ID;
import static dev.berth.agent.instance.Bench.WEB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.ResizeCapable;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.BootPhase;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.DesiredState;
import dev.berth.v1.Health;
import dev.berth.v1.InstanceState;
import dev.berth.v1.StateTransition;
import dev.berth.v1.WorkloadType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class InstanceSupervisorTest {
  private static final Desired RUN = new Desired.Run(WEB);
  private static final Desired STOP =
      Desired.of(WEB.toBuilder().setDesiredState(DesiredState.DESIRED_STATE_STOP).build());
  private static final Desired REMOVE = new Desired.Remove(Duration.ofSeconds(1));

  @Test
  void preparesAndStartsAndReportsEachState() {
    Bench bench = new Bench(WEB);
    bench.settle();
    assertEquals(List.of("prepare " + ID, "start " + ID), bench.runtime.calls());
    assertEquals(
        List.of(InstanceState.INSTANCE_STATE_STARTING, InstanceState.INSTANCE_STATE_RUNNING),
        bench.status().getTransitionsList().stream().map(StateTransition::getState).toList());
    assertEquals(Health.HEALTH_UNSPECIFIED, bench.status().getHealth());
    bench.pass(10_000);
    assertEquals(Health.HEALTH_HEALTHY, bench.status().getHealth());
  }

  @Test
  void restartsWhatEndsUntilTheBudgetIsUsedUp() {
    Bench bench = new Bench(WEB);
    bench.settle();
    for (int restart = 1; restart <= 2; restart++) {
      bench.pass(60_000);
      bench.runtime.end(ID, 1);
      bench.settle();
      assertEquals(InstanceState.INSTANCE_STATE_RUNNING, bench.status().getState());
      assertEquals("RestartBackOff", bench.status().getReason());
      assertTrue(bench.status().hasNextRestartTime());
      bench.pass(14_999);
      assertEquals(0, bench.runtime.running(ID));
      bench.pass(1);
      assertEquals(1, bench.runtime.running(ID));
      assertEquals(restart, bench.status().getRestarts());
      assertEquals("", bench.status().getReason());
    }
    bench.pass(60_000);
    bench.runtime.end(ID, 3);
    bench.settle();
    assertEquals(InstanceState.INSTANCE_STATE_FAILED, bench.status().getState());
    assertEquals("RestartsUsedUp", bench.status().getReason());
    assertEquals(3, bench.status().getExitCode());
    bench.pass(3_600_000);
    assertEquals(3, bench.runtime.starts(ID));
  }

  @Test
  void completesABatchThatSucceeds() {
    AssignedInstance.Builder batch = WEB.toBuilder();
    batch.getSpecBuilder().setType(WorkloadType.WORKLOAD_TYPE_BATCH);
    batch.getSpecBuilder().getContainerBuilder().setImage("ends:0");
    Bench bench = new Bench(batch.build());
    bench.settle();
    assertEquals(InstanceState.INSTANCE_STATE_COMPLETE, bench.status().getState());
    assertEquals(0, bench.status().getExitCode());
    assertTrue(bench.status().hasExitCode());
  }

  @Test
  void reportsWantOfMemory() {
    Bench bench = new Bench(WEB);
    bench.settle();
    bench.runtime.endOutOfMemory(ID);
    bench.settle();
    assertTrue(bench.status().getMessage().contains("out of memory"), bench.status().getMessage());
  }

  @Test
  void aRunThatBeganAnewElsewhereCountsFromThenAndIsNoRestart() {
    Bench bench = new Bench(WEB);
    bench.settle();
    Instant start = StatusRecord.instant(bench.status().getStartTime());
    for (Instant told : List.of(start.plusSeconds(60), start.plusSeconds(30))) {
      BootPhase created =
          BootPhase.newBuilder().setPhase(BootPhaseKind.BOOT_PHASE_KIND_CREATED).build();
      bench
          .supervisor()
          .hint(
              new Observation(
                  bench.snapshot().handle().orElseThrow(),
                  new RunState.Running(told),
                  Map.of(),
                  List.of(created),
                  ""));
      bench.settle();
      // What is told late does not take it back.
      assertEquals(start.plusSeconds(60), StatusRecord.instant(bench.status().getStartTime()));
    }
    assertEquals(0, bench.status().getRestarts());
    assertEquals(1, bench.runtime.starts(ID));
  }

  private static Desired larger(long bytes) {
    AssignedInstance.Builder larger = WEB.toBuilder().setWorkloadRevision(2);
    larger.getSpecBuilder().getResourcesBuilder().setMemoryBytes(bytes);
    return Desired.of(larger.build());
  }

  @Test
  void whatRunsGetsOtherResourcesAtOnce() {
    Bench bench = new Bench(WEB);
    bench.settle();
    assertEquals(1, bench.status().getResourcesRevision());
    bench.runtime.clearCalls();
    bench.desire(larger(1_000));
    bench.pass(60_000);
    assertEquals(List.of("resize 1000 " + ID), bench.runtime.calls());
    assertEquals(2, bench.status().getResourcesRevision());
    assertEquals(0, bench.status().getRestarts());
    bench.restartAgent(larger(1_000));
    bench.list();
    bench.pass(60_000);
    assertFalse(bench.runtime.calls().contains("start " + ID), "nothing more is to be done");
  }

  @Test
  void whatNeedsARestartForItIsRestartedOnceAndSaysSoAfterwards() {
    Bench bench = new Bench(WEB);
    bench.settle();
    bench.runtime.effect(ResizeCapable.Effect.NEXT_START);
    bench.reports.clear();
    bench.desire(larger(1_000));
    bench.pass(60_000);
    assertEquals(2, bench.runtime.starts(ID));
    assertEquals(2, bench.status().getResourcesRevision());
    assertEquals("", bench.status().getReason());
    assertTrue(
        bench.reports.stream()
            .anyMatch(
                each -> each.getReason().equals("Resizing") && each.getResourcesRevision() == 1),
        bench.reports.toString());
  }

  @Test
  void aRefusedResizeIsToldAndTriedAgainAndEndsNothing() {
    Bench bench = new Bench(WEB);
    bench.settle();
    bench.runtime.failWith(DriverException.permanent("ResizeFailed", "it is in use", null));
    bench.desire(larger(1_000));
    bench.pass(60_000);
    assertEquals("ResizeFailed", bench.status().getReason());
    assertEquals(InstanceState.INSTANCE_STATE_RUNNING, bench.status().getState());
    assertEquals(1, bench.status().getResourcesRevision());
    bench.runtime.failWith(null);
    bench.pass(60_000);
    assertEquals("", bench.status().getReason());
    assertEquals(2, bench.status().getResourcesRevision());
    assertEquals(1, bench.runtime.starts(ID));
  }

  @Test
  void whatHasEndedGetsItBeforeItIsStartedAgain() {
    Bench bench = new Bench(WEB);
    bench.settle();
    bench.runtime.end(ID, 1);
    bench.settle();
    bench.runtime.clearCalls();
    bench.desire(larger(1_000));
    bench.pass(60_000);
    List<String> calls = bench.runtime.calls();
    assertTrue(
        calls.indexOf("resize 1000 " + ID) >= 0
            && calls.indexOf("resize 1000 " + ID) < calls.indexOf("start " + ID),
        calls.toString());
    assertEquals(2, bench.status().getResourcesRevision());
  }

  @Test
  void saysThatItStandsStillAndThatItGoesOn() throws DriverException {
    Bench bench = new Bench(WEB);
    bench.settle();
    RuntimeHandle handle = bench.snapshot().handle().orElseThrow();
    for (boolean still : new boolean[] {true, false, true}) {
      bench.runtime.stand(handle, still);
      bench.settle();
      assertEquals(InstanceState.INSTANCE_STATE_RUNNING, bench.status().getState());
      assertEquals(still, bench.status().getPaused());
    }
    bench.runtime.end(ID, 3);
    bench.settle();
    assertFalse(bench.status().getPaused(), "what has ended does not stand still");
  }

  @Test
  void stopsAndKeepsTheObject() {
    Bench bench = new Bench(WEB);
    bench.settle();
    bench.desire(STOP);
    bench.settle();
    assertEquals(InstanceState.INSTANCE_STATE_STOPPED, bench.status().getState());
    assertTrue(bench.states().contains(InstanceState.INSTANCE_STATE_STOPPING));
    assertEquals(143, bench.status().getExitCode());
    assertEquals(1, bench.runtime.count());
    bench.desire(RUN);
    bench.pass(60_000);
    assertEquals(0, bench.runtime.running(ID));
  }

  @Test
  void startsAgainWhatWasStoppedAndIsWantedAnew() {
    Bench bench = new Bench(WEB);
    bench.pass(60_000);
    bench.runtime.end(ID, 1);
    bench.pass(60_000);
    assertEquals(1, bench.status().getRestarts());
    bench.desire(STOP);
    bench.settle();
    bench.runtime.clearCalls();
    bench.desire(new Desired.Run(WEB.toBuilder().setStartGeneration(1).build()));
    bench.settle();
    assertEquals(List.of("start " + ID), bench.runtime.calls());
    assertEquals(InstanceState.INSTANCE_STATE_RUNNING, bench.status().getState());
    assertEquals(1, bench.status().getStartGeneration());
    assertEquals(0, bench.status().getRestarts());
    assertEquals(
        List.of(InstanceState.INSTANCE_STATE_STARTING, InstanceState.INSTANCE_STATE_RUNNING),
        bench.status().getTransitionsList().stream().map(StateTransition::getState).toList());
    bench.pass(10_000);
    assertEquals(Health.HEALTH_HEALTHY, bench.status().getHealth());
  }

  @Test
  void aStartThatAnAgentDidNotLiveToCarryOutIsNoEndToJudge() {
    Bench bench = new Bench(WEB);
    bench.settle();
    bench.desire(STOP);
    bench.settle();
    Desired again = new Desired.Run(WEB.toBuilder().setStartGeneration(1).build());
    bench.runtime.failWith(away());
    bench.desire(again);
    bench.settle();
    bench.restartAgent(again);
    bench.runtime.failWith(null);
    bench.list();
    bench.settle();
    assertEquals(InstanceState.INSTANCE_STATE_RUNNING, bench.status().getState());
    assertEquals(0, bench.status().getRestarts());
    assertEquals(2, bench.runtime.starts(ID));
  }

  @Test
  void aStopAfterANewStartIsNotTakenBackByTheOlderOne() {
    Desired again = new Desired.Run(WEB.toBuilder().setStartGeneration(1).build());
    assertEquals(again, STOP.then(again));
    assertEquals(REMOVE, REMOVE.then(again));
    assertEquals(again, again.then(RUN).then(again));
    Desired stopped =
        Desired.of(
            WEB.toBuilder()
                .setStartGeneration(1)
                .setDesiredState(DesiredState.DESIRED_STATE_STOP)
                .build());
    assertEquals(stopped, again.then(stopped).then(RUN));
  }

  @Test
  void removesWhatIsNotWantedAnyMore() {
    Bench bench = new Bench(WEB);
    bench.settle();
    bench.desire(REMOVE);
    bench.settle();
    assertTrue(bench.gone());
    assertEquals(0, bench.runtime.count());
  }

  @Test
  void restartsOnRequestAtOnceAndWithoutCost() {
    Bench bench = new Bench(WEB);
    bench.settle();
    bench.desire(new Desired.Run(WEB.toBuilder().setRestartGeneration(4).build()));
    bench.settle();
    assertEquals(2, bench.runtime.starts(ID));
    assertEquals(4, bench.status().getRestartGeneration());
    assertEquals(InstanceState.INSTANCE_STATE_RUNNING, bench.status().getState());
    assertFalse(bench.states().contains(InstanceState.INSTANCE_STATE_STOPPING));
    assertEquals(List.of(), bench.snapshot().history().times());
  }

  @Test
  void whatCanNeverBePreparedFailsAtOnce() {
    AssignedInstance.Builder never = WEB.toBuilder();
    never.getSpecBuilder().getContainerBuilder().setImage("never");
    Bench bench = new Bench(never.build());
    bench.settle();
    assertEquals(InstanceState.INSTANCE_STATE_FAILED, bench.status().getState());
    assertEquals("ImageMissing", bench.status().getReason());
  }

  @Test
  void waitsForARuntimeThatIsAwayAndSaysSo() {
    Bench bench = new Bench(WEB);
    bench.runtime.failWith(away());
    bench.pass(60_000);
    assertEquals(InstanceState.INSTANCE_STATE_PREPARING, bench.status().getState());
    assertEquals("RuntimeUnavailable", bench.status().getReason());
    assertTrue(bench.runtime.calls().size() <= 10, bench.runtime.calls().toString());
    bench.runtime.failWith(null);
    bench.pass(30_000);
    assertEquals(InstanceState.INSTANCE_STATE_RUNNING, bench.status().getState());
    assertEquals("", bench.status().getReason());
  }

  @Test
  void givesUpPreparingAfterAWhileSoThatAnotherNodeCanTry() {
    Bench bench = new Bench(WEB);
    bench.runtime.failWith(away());
    bench.pass(400_000);
    assertEquals(InstanceState.INSTANCE_STATE_FAILED, bench.status().getState());
  }

  @Test
  void concludesNothingWhileTheRuntimeIsAway() {
    Bench bench = new Bench(WEB);
    bench.pass(20_000);
    bench.runtime.failWith(away());
    bench.lateEnd();
    bench.pass(600_000);
    assertEquals(InstanceState.INSTANCE_STATE_RUNNING, bench.status().getState());
    assertEquals(1, bench.runtime.running(ID));
    bench.runtime.failWith(null);
    bench.pass(60_000);
    assertEquals(1, bench.runtime.starts(ID));
    assertEquals("", bench.status().getReason());
  }

  @Test
  void lateNewsOfAnEarlierEndChangeNothing() {
    Bench bench = new Bench(WEB);
    bench.settle();
    bench.lateEnd();
    bench.pass(60_000);
    assertEquals(1, bench.runtime.starts(ID));
    assertEquals(0, bench.status().getRestarts());
  }

  @Test
  void aRestartedAgentAdoptsWhatRunsAndStartsNothingTwice() {
    Bench bench = new Bench(WEB);
    bench.pass(20_000);
    bench.restartAgent(RUN);
    bench.pass(5_000);
    assertEquals(1, bench.runtime.starts(ID));
    bench.list();
    bench.pass(60_000);
    assertEquals(1, bench.runtime.starts(ID));
    assertEquals(InstanceState.INSTANCE_STATE_RUNNING, bench.status().getState());
    assertEquals(0, bench.status().getRestarts());
  }

  @Test
  void aRestartedAgentWithoutJournalAdoptsWhatRuns() {
    Bench bench = new Bench(WEB);
    bench.pass(20_000);
    bench.restartAgentWithoutJournal(new Desired.Keep());
    bench.list();
    bench.pass(60_000);
    assertEquals(InstanceState.INSTANCE_STATE_RUNNING, bench.status().getState());
    bench.desire(new Desired.Run(WEB.toBuilder().setRestartGeneration(9).build()));
    bench.pass(60_000);
    assertEquals(1, bench.runtime.starts(ID));
    assertEquals(9, bench.status().getRestartGeneration());
    assertEquals(Health.HEALTH_HEALTHY, bench.status().getHealth());
  }

  @Test
  void anEndWhileTheAgentWasAwayIsJudgedOnce() {
    Bench bench = new Bench(WEB);
    bench.pass(20_000);
    bench.runtime.endSilently(ID, 1);
    bench.restartAgent(RUN);
    bench.list();
    bench.settle();
    assertEquals("RestartBackOff", bench.status().getReason());
    bench.restartAgent(RUN);
    bench.list();
    bench.settle();
    assertEquals("RestartBackOff", bench.status().getReason());
    bench.pass(15_000);
    assertEquals(1, bench.status().getRestarts());
    assertEquals(2, bench.runtime.starts(ID));
  }

  @Test
  void aRestartedAgentKeepsWhatEndedForGood() {
    Bench bench = new Bench(WEB);
    bench.settle();
    bench.desire(STOP);
    bench.settle();
    bench.restartAgent(STOP);
    bench.list();
    bench.pass(60_000);
    assertEquals(InstanceState.INSTANCE_STATE_STOPPED, bench.status().getState());
    assertEquals(1, bench.runtime.starts(ID));
  }

  @Test
  void aFailedListingStartsNothingAndStopsNothing() {
    Bench bench = new Bench(WEB);
    bench.pass(20_000);
    bench.restartAgent(RUN);
    bench.runtime.failWith(away());
    bench.list();
    bench.runtime.clearCalls();
    bench.pass(600_000);
    assertEquals(List.of(), bench.runtime.calls());
    assertEquals(1, bench.runtime.running(ID));
  }

  @Test
  void whatAStrangerRemovedIsMadeAgainWithinTheBudget() {
    Bench bench = new Bench(WEB);
    bench.pass(20_000);
    bench.runtime.loseSilently(ID);
    bench.list();
    bench.settle();
    assertEquals("RestartBackOff", bench.status().getReason());
    bench.pass(15_000);
    assertEquals(1, bench.runtime.running(ID));
    assertEquals(1, bench.status().getRestarts());
  }

  @Test
  void jumpsOfTheWallClockChangeNoDecision() {
    for (long jump : List.of(-315_000_000_000L, -3_600_000L, 3_600_000L, 315_000_000_000L)) {
      Bench bench = new Bench(WEB);
      bench.pass(20_000);
      bench.runtime.end(ID, 1);
      bench.settle();
      bench.clock.putWallWrong(jump);
      bench.pass(14_999);
      assertEquals(0, bench.runtime.running(ID), "jump " + jump);
      bench.pass(1);
      assertEquals(1, bench.runtime.running(ID), "jump " + jump);
      bench.clock.putWallWrong(jump);
      bench.lateEnd();
      bench.pass(5_000);
      assertEquals(2, bench.runtime.starts(ID), "jump " + jump);
    }
  }

  @Test
  void statesNeverGoBack() {
    Bench bench = new Bench(WEB);
    bench.pass(20_000);
    bench.runtime.end(ID, 1);
    bench.pass(40_000);
    bench.desire(STOP);
    bench.settle();
    int last = 0;
    for (InstanceState state : bench.reports.stream().map(each -> each.getState()).toList()) {
      assertTrue(state.getNumber() >= last, bench.reports.toString());
      last = state.getNumber();
    }
  }

  private static DriverException away() {
    return DriverException.retryable("RuntimeUnavailable", "the runtime does not answer", null);
  }
}
