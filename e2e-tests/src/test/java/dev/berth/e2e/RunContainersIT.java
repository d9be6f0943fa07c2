package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.e2e.harness.Cli;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.CommandResult;
import dev.berth.e2e.harness.ContainerView;
import dev.berth.e2e.harness.Daemon;
import dev.berth.e2e.harness.Eventually;
import dev.berth.e2e.harness.Http;
import dev.berth.v1.Instance;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RunContainersIT {
  @RegisterExtension static final ClusterFixture CLUSTER = new ClusterFixture(ClusterPlan.of(1));

  private static final String RUN_DEMO = "run -d --name web --replicas 3 -p 80 berth/demo";

  private static Cli cli() {
    return CLUSTER.get().cli();
  }

  private static String berth(String words) {
    return cli().output(words.split(" ", -1));
  }

  private static List<Instance> awaitRunning(String workload, int count) {
    return Eventually.until(
        count + " of " + workload + " are RUNNING",
        () -> CLUSTER.get().api().running(workload),
        running -> running.size() == count);
  }

  private static List<ContainerView> awaitContainers(String workload, int count) {
    return Eventually.until(
        count + " containers of " + workload,
        () -> CLUSTER.get().containers(workload),
        running -> running.size() == count);
  }

  private static Set<String> ids(List<Instance> instances) {
    return instances.stream().map(Instance::getId).collect(Collectors.toSet());
  }

  @AfterEach
  void nothingIsLeft() {
    CLUSTER.get().api().deleteAll();
    Eventually.until(
        "no containers of Berth's",
        () -> CLUSTER.get().host().docker().probe().containers(),
        List::isEmpty);
  }

  @Test
  void threeReplicasRunWithinFiveSecondsAsDockerSeesThemToo() {
    berth(RUN_DEMO);
    Eventually.within(
        Duration.ofSeconds(5),
        "ps shows three RUNNING",
        () -> berth("ps"),
        text -> text.lines().filter(line -> line.contains("RUNNING")).count() == 3);
    List<Instance> instances = awaitRunning("web", 3);
    List<ContainerView> containers = CLUSTER.get().containers("web");
    assertEquals(
        ids(instances),
        containers.stream().map(ContainerView::instance).collect(Collectors.toSet()));
    assertEquals(
        List.of("web.1", "web.2", "web.3"), containers.stream().map(ContainerView::slot).toList());
    assertEquals(
        instances.stream().map(i -> i.getStatus().getRuntimeId()).toList(),
        containers.stream().map(ContainerView::id).toList());
  }

  @Test
  void aPublishedPortAnswersUnderTheNodesAddress() {
    berth(RUN_DEMO);
    for (Instance instance : awaitRunning("web", 3)) {
      int port = instance.getPorts(0).getHostPort();
      String url = "http://" + CLUSTER.get().host().docker().address() + ":" + port + "/";
      Eventually.until(
          instance.getName() + " answers",
          () -> Http.get(url),
          page -> page.contains("Hello from web-" + instance.getSlot()));
    }
  }

  @Test
  void getsOtherCpusAndMemoryWhereItRuns() {
    berth(RUN_DEMO);
    Set<String> before = ids(awaitRunning("web", 3));
    assertEquals("web\n", berth("update --cpus 0.3 -m 96m web"));
    assertEquals(before, ids(awaitRunning("web", 3)));
    for (ContainerView container : CLUSTER.get().containers("web")) {
      assertEquals(96L << 20, container.memoryBytes());
    }
    assertTrue(berth("node ls").contains("900m/"), "the node reserves it");
  }

  @Test
  void whatIsPausedAnswersNobodyUntilItGoesOnAndEndsLikeAnyOther() {
    berth(RUN_DEMO);
    List<Instance> instances = awaitRunning("web", 3);
    int port = instances.getFirst().getPorts(0).getHostPort();
    String url = "http://" + CLUSTER.get().host().docker().address() + ":" + port + "/";
    Eventually.until("web.1 answers", () -> Http.get(url), page -> page.contains("Hello"));
    assertEquals("web.1\n", berth("pause web.1"));
    assertEquals(1, berth("ps").lines().filter(line -> line.contains("(paused)")).count());
    assertThrows(UncheckedIOException.class, () -> Http.get(url));
    assertEquals("web.1\n", berth("unpause web.1"));
    assertTrue(!berth("ps").contains("(paused)"));
    assertTrue(Http.get(url).contains("Hello from web-1"));
    assertEquals(ids(instances), ids(awaitRunning("web", 3)), "the same instances all along");
    berth("pause web");
    berth("rm -f web");
    awaitContainers("web", 0);
  }

  @Test
  void logsOfSeveralReplicasAreFollowedWithTheirSlotInFront() {
    berth(RUN_DEMO);
    awaitRunning("web", 3);
    Path directory = CLUSTER.get().work().directory("logs");
    try (Daemon logs = cli().start(directory, "logs", "logs", "-f", "web")) {
      for (int slot = 1; slot <= 3; slot++) {
        String line = "web-" + slot + ": up for 5 s";
        String name = "web." + slot;
        Eventually.until(
            name + " in front of its line",
            logs::out,
            text -> text.lines().anyMatch(l -> l.contains(name) && l.contains(line)));
      }
    }
    String once = berth("logs web.2");
    assertTrue(once.contains("web-2: serving on port 80"), once);
  }

  @Test
  void aForegroundRunShowsTheOutputAndPassesTheExitCode() {
    CommandResult result =
        cli().run("run", "--rm", "berth/demo", "sh", "-c", "echo hello; echo oops >&2; exit 7");
    assertEquals(7, result.exitCode(), result.toString());
    assertEquals("hello\n", result.out(), result.toString());
    assertTrue(result.err().contains("oops"), result.toString());
  }

  @Test
  void aForegroundRunOfAMissingProgramSaysSo() {
    CommandResult result = cli().run("run", "--rm", "berth/demo", "/no/such/program");
    assertEquals(127, result.exitCode(), result.toString());
  }

  @Test
  void aMissingImageIsSaidAndCtrlCTakesTheWorkloadAway() {
    Path directory = CLUSTER.get().work().directory("missing");
    try (Daemon run =
        cli().start(directory, "run", "run", "--rm", "--name", "lost", "no-such-image:1", "true")) {
      Eventually.until(
          "it says which image does not come and why",
          run::err,
          text -> text.contains("image no-such-image:1: "));
      run.signal("INT");
      run.awaitEnd(Duration.ofSeconds(30));
      assertEquals("", run.out());
    }
    Eventually.until("the workload is gone", () -> berth("ps -a -q"), String::isBlank);
  }

  @Test
  void aStoppedSlotStaysStoppedUntilItIsStarted() {
    berth(RUN_DEMO);
    Set<String> before = ids(awaitRunning("web", 3));
    berth("stop web.2");
    assertEquals(
        List.of("web.1", "web.3"),
        awaitContainers("web", 2).stream().map(ContainerView::slot).toList());
    assertTrue(berth("ps -a").contains("STOPPED"));
    berth("start web.2");
    assertEquals(before, ids(awaitRunning("web", 3)));
  }

  @Test
  void aStartedSlotGoesOnWithWhatItWrote() {
    String program = "echo start >> /seen; wc -l < /seen; exec sleep 1000";
    cli().output("run", "-d", "--name=pet", "-p", "80", "berth/demo", "sh", "-c", program);
    ContainerView first = awaitContainers("pet", 1).getFirst();
    for (int times = 2; times <= 3; times++) {
      berth("stop -t 0 pet");
      assertEquals(List.of(), CLUSTER.get().containers("pet"));
      berth("start pet");
      assertEquals(first.id(), awaitContainers("pet", 1).getFirst().id());
      String counted = Integer.toString(times);
      Eventually.until(
          "it has started " + times + " times",
          () -> berth("logs pet").lines().map(String::strip).toList(),
          lines -> lines.contains(counted));
    }
    assertEquals(0, awaitRunning("pet", 1).getFirst().getStatus().getRestarts());
  }

  @Test
  void aRestartKeepsTheInstanceAndItsContainer() {
    berth(RUN_DEMO);
    Set<String> before = ids(awaitRunning("web", 3));
    ContainerView first = CLUSTER.get().containers("web").getFirst();
    berth("restart web.1");
    ContainerView second =
        Eventually.until(
            "web.1 was started again",
            () -> awaitContainers("web", 3).getFirst(),
            view -> !view.startTime().equals(first.startTime()));
    assertEquals(first.id(), second.id());
    assertEquals(before, ids(awaitRunning("web", 3)));
  }

  @Test
  void scalingKeepsTheLowSlots() {
    berth(RUN_DEMO);
    Set<String> before = ids(awaitRunning("web", 3));
    berth("scale web=5");
    Set<String> more = ids(awaitRunning("web", 5));
    assertTrue(more.containsAll(before));
    berth("scale web=1");
    Instance left = awaitRunning("web", 1).getFirst();
    assertEquals("web.1", left.getName());
    assertTrue(before.contains(left.getId()));
    assertEquals("web.1", awaitContainers("web", 1).getFirst().slot());
  }

  @Test
  void aRunningWorkloadIsRemovedOnlyWithForce() {
    berth(RUN_DEMO);
    awaitRunning("web", 3);
    CommandResult refused = cli().run("rm", "web");
    assertEquals(1, refused.exitCode(), refused.toString());
    assertEquals(3, CLUSTER.get().containers("web").size());
    berth("rm -f web");
    awaitContainers("web", 0);
  }

  @Test
  void aStackIsAppliedChangedAndDeleted() {
    Path file = CLUSTER.get().work().file("shop.yaml", stack("one"));
    cli().output("apply", "-f", file.toString());
    Set<String> before = ids(awaitRunning("front", 2));
    awaitRunning("back", 1);
    cli().output("apply", "-f", file.toString());
    assertEquals(before, ids(awaitRunning("front", 2)), "nothing changed");
    CLUSTER.get().work().file("shop.yaml", stack("two"));
    cli().output("apply", "-f", file.toString());
    Set<String> after =
        Eventually.within(
                Duration.ofSeconds(90),
                "both slots run the new revision",
                () -> CLUSTER.get().api().running("front"),
                list ->
                    list.size() == 2 && list.stream().allMatch(i -> i.getWorkloadRevision() == 2))
            .stream()
            .map(Instance::getId)
            .collect(Collectors.toSet());
    assertNotEquals(before, after);
    cli().output("delete", "-f", file.toString());
    awaitContainers("front", 0);
    awaitContainers("back", 0);
  }

  private static String stack(String word) {
    return """
    stack: shop
    workloads:
      front:
        replicas: 2
        container: {image: "berth/demo", env: {WORD: "%s"}}
      back:
        container: {image: "berth/demo", command: ["sleep", "1000"]}
        stopGrace: 0s
    """
        .formatted(word);
  }
}
