package dev.berth.agent.instance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.Assigned;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.InstanceState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

final class NextStepTest {
  private static final long NOW = 5_000_000;
  private static final AssignedInstance WEB = Assigned.container("web", 1, "runs");
  private static final RuntimeHandle HANDLE =
      new RuntimeHandle("fake", WEB.getInstanceId(), "object-1");
  private static final Desired RUN = new Desired.Run(WEB);
  private static final Desired STOP = new Desired.Stop(WEB);
  private static final Desired REMOVE = new Desired.Remove(Duration.ofSeconds(3));
  private static final Desired KEEP = new Desired.Keep();
  private static final Sight UNLISTED = new Sight.Unlisted();
  private static final Sight MISSING = new Sight.Missing();
  private static final Sight DOUBTFUL = new Sight.Doubtful(Optional.of(HANDLE));
  private static final Sight CREATED = new Sight.Present(HANDLE, new RunState.Created());
  private static final Sight RUNNING =
      new Sight.Present(HANDLE, new RunState.Running(Instant.EPOCH));
  private static final Sight EXITED =
      new Sight.Present(
          HANDLE, new RunState.Exited(1, false, Instant.EPOCH, Instant.EPOCH.plusSeconds(1), ""));
  private static final Outcome FAILED =
      new Outcome(InstanceState.INSTANCE_STATE_FAILED, "ExitCode", "it failed");

  @Test
  void nothingIsDoneBeforeTheRuntimeWasListed() {
    for (Desired desired : List.of(RUN, STOP, REMOVE, KEEP)) {
      assertEquals(new Step.Rest(), NextStep.of(desired, seen(UNLISTED), NOW), desired.toString());
    }
  }

  @Test
  void whatIsDoubtfulIsLookedAtBeforeAnythingElse() {
    for (Desired desired : List.of(RUN, STOP, REMOVE, KEEP)) {
      assertEquals(
          new Step.Look(Optional.of(HANDLE)),
          NextStep.of(desired, seen(DOUBTFUL), NOW),
          desired.toString());
    }
  }

  @Test
  void aNewInstanceIsPreparedAndThenStarted() {
    assertEquals(new Step.Prepare(WEB), NextStep.of(RUN, seen(MISSING), NOW));
    assertEquals(
        new Step.Start(HANDLE, Step.StartCause.FIRST, 0), NextStep.of(RUN, seen(CREATED), NOW));
  }

  @Test
  void aPreparationOfUnknownOutcomeIsRepeatedBecauseItIsIdempotent() {
    assertEquals(
        new Step.Prepare(WEB), NextStep.of(RUN, seen(new Sight.Doubtful(Optional.empty())), NOW));
    assertEquals(
        new Step.Look(Optional.empty()),
        NextStep.of(REMOVE, seen(new Sight.Doubtful(Optional.empty())), NOW));
  }

  @Test
  void whatRunsIsLeftRunningAndCountsAsHealthyAfterTenSeconds() {
    Observed fresh = ran(RUNNING, NOW - 4_000);
    assertEquals(new Step.WaitUntil(NOW + 6_000), NextStep.of(RUN, fresh, NOW));
    assertEquals(new Step.BecomeHealthy(), NextStep.of(RUN, fresh, NOW + 6_000));
    assertEquals(new Step.Rest(), NextStep.of(RUN, fresh.healthyNow(), NOW + 6_000));
  }

  @Test
  void anEndIsJudgedOnceAndTheRestartWaitsForItsTime() {
    assertEquals(new Step.Judge(WEB), NextStep.of(RUN, ran(EXITED, NOW - 1), NOW));
    assertEquals(new Step.Judge(WEB), NextStep.of(RUN, ran(MISSING, NOW - 1), NOW));
    Observed judged =
        ran(EXITED, NOW - 1)
            .again(new RestartHistory(0, List.of(), 1, 15_000, OptionalLong.of(NOW + 15_000)));
    assertEquals(new Step.WaitUntil(NOW + 15_000), NextStep.of(RUN, judged, NOW));
    assertEquals(
        new Step.Start(HANDLE, Step.StartCause.POLICY, 0), NextStep.of(RUN, judged, NOW + 15_000));
  }

  @Test
  void aRestartThatAUserAskedForDoesNotWait() {
    Desired asked = new Desired.Run(WEB.toBuilder().setRestartGeneration(1).build());
    assertEquals(
        new Step.Stop(HANDLE, Duration.ofSeconds(10), true),
        NextStep.of(asked, ran(RUNNING, NOW), NOW));
    assertEquals(
        new Step.Start(HANDLE, Step.StartCause.USER, 1), NextStep.of(asked, ran(EXITED, NOW), NOW));
  }

  @Test
  void whatEndedForGoodNeverRunsAgain() {
    assertEquals(new Step.Rest(), NextStep.of(RUN, seen(EXITED).end(FAILED), NOW));
    assertEquals(new Step.Rest(), NextStep.of(RUN, seen(MISSING).end(FAILED), NOW));
    assertEquals(
        new Step.Stop(HANDLE, Duration.ofSeconds(10), false),
        NextStep.of(RUN, seen(RUNNING).end(FAILED), NOW));
  }

  @Test
  void aStopKeepsTheObject() {
    assertEquals(
        new Step.Stop(HANDLE, Duration.ofSeconds(10), false),
        NextStep.of(STOP, ran(RUNNING, NOW), NOW));
    for (Sight sight : List.of(MISSING, CREATED, EXITED)) {
      Step step = NextStep.of(STOP, seen(sight), NOW);
      Step.Conclude end = assertInstanceOf(Step.Conclude.class, step);
      assertEquals(InstanceState.INSTANCE_STATE_STOPPED, end.outcome().state());
      assertEquals(new Step.Rest(), NextStep.of(STOP, seen(sight).end(end.outcome()), NOW));
    }
  }

  @Test
  void aRemovalStopsThenRemovesThenVanishes() {
    assertEquals(
        new Step.Stop(HANDLE, Duration.ofSeconds(3), false),
        NextStep.of(REMOVE, ran(RUNNING, NOW), NOW));
    assertEquals(new Step.Remove(HANDLE), NextStep.of(REMOVE, seen(EXITED), NOW));
    assertEquals(new Step.Remove(HANDLE), NextStep.of(REMOVE, seen(CREATED), NOW));
    assertEquals(new Step.Vanish(), NextStep.of(REMOVE, seen(MISSING), NOW));
  }

  @Test
  void whatNobodyAskedForIsLeftAlone() {
    for (Sight sight : List.of(CREATED, RUNNING, EXITED)) {
      assertEquals(new Step.Rest(), NextStep.of(KEEP, seen(sight), NOW));
    }
  }

  @Test
  void aFailedCallIsNotRepeatedBeforeItsTime() {
    Observed failed = seen(MISSING).retryAt(Optional.of(new Observed.Retry(1, NOW, NOW + 1_000)));
    assertEquals(new Step.WaitUntil(NOW + 1_000), NextStep.of(RUN, failed, NOW));
    assertEquals(new Step.Prepare(WEB), NextStep.of(RUN, failed, NOW + 1_000));
  }

  @Test
  void aStopIsNeverTakenBack() {
    assertEquals(STOP, STOP.then(RUN));
    assertEquals(REMOVE, REMOVE.then(STOP));
    assertEquals(STOP, RUN.then(STOP));
    assertEquals(RUN, KEEP.then(RUN));
  }

  @Test
  void neverActsOnWhatItDoesNotKnowOrAgainstWhatIsWanted() {
    long seed = System.nanoTime();
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    List<Sight> sights = List.of(UNLISTED, MISSING, DOUBTFUL, CREATED, RUNNING, EXITED);
    List<Desired> wishes = List.of(RUN, STOP, REMOVE, KEEP);
    for (int i = 0; i < 20_000; i++) {
      Observed observed = any(random, sights.get(random.nextInt(sights.size())));
      Desired desired = wishes.get(random.nextInt(wishes.size()));
      Step step = NextStep.of(desired, observed, NOW);
      String what = "seed " + seed + ": " + desired + " " + observed + " -> " + step;
      boolean known = observed.sight() instanceof Sight.Present;
      switch (step) {
        case Step.Start _ -> {
          assertTrue(desired instanceof Desired.Run && known, what);
          assertTrue(observed.outcome().isEmpty() && !observed.sight().runs(), what);
        }
        case Step.Resize _ -> assertTrue(wantedAlive(desired, observed) && known, what);
        case Step.Prepare _ ->
            assertTrue(desired instanceof Desired.Run && observed.outcome().isEmpty(), what);
        case Step.Stop stop -> {
          assertTrue(observed.sight().runs(), what);
          assertTrue(
              !(desired instanceof Desired.Keep)
                  && (stop.toRestart() || !wantedAlive(desired, observed)),
              what);
        }
        case Step.Remove _, Step.Vanish _ ->
            assertTrue(
                desired instanceof Desired.Remove
                    || (desired instanceof Desired.Keep
                        && observed.sight() instanceof Sight.Missing),
                what);
        case Step.Judge _ -> assertTrue(observed.ran() && !observed.sight().runs(), what);
        case Step.WaitUntil(long millis) -> assertTrue(millis > NOW, what);
        case Step.BecomeHealthy _ -> assertTrue(observed.sight().runs(), what);
        case Step.Conclude _ ->
            assertTrue(desired instanceof Desired.Stop && !observed.sight().runs(), what);
        case Step.Look _ -> assertInstanceOf(Sight.Doubtful.class, observed.sight(), what);
        case Step.Rest _ -> assertFalse(desired instanceof Desired.Remove && known, what);
      }
    }
  }

  private static boolean wantedAlive(Desired desired, Observed observed) {
    return desired instanceof Desired.Run && observed.outcome().isEmpty();
  }

  private static Observed any(RandomGenerator random, Sight sight) {
    RestartHistory history =
        new RestartHistory(
            random.nextInt(3),
            List.of(),
            0,
            0,
            random.nextBoolean()
                ? OptionalLong.empty()
                : OptionalLong.of(NOW + random.nextInt(-5, 6)));
    return new Observed(
        sight,
        history,
        new Observed.Run(
            random.nextBoolean(),
            NOW - random.nextInt(20_000),
            sight.runs() && random.nextBoolean()),
        random.nextInt(2),
        random.nextInt(2),
        random.nextInt(4) == 0
            ? Optional.of(new Observed.Retry(1, NOW - 10, NOW + random.nextInt(-5, 6)))
            : Optional.empty(),
        random.nextInt(4) == 0 ? Optional.of(FAILED) : Optional.empty());
  }

  private static Observed seen(Sight sight) {
    return Observed.fresh(sight).withGeneration(0).withResources(1);
  }

  private static Observed ran(Sight sight, long since) {
    return seen(sight).began(RestartHistory.NONE, since, 0);
  }
}
