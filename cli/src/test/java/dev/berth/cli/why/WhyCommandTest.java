package dev.berth.cli.why;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Timestamp;
import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.Samples;
import dev.berth.spec.Printable;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.NodeRefusal;
import dev.berth.v1.NodeScore;
import dev.berth.v1.PlacementDecision;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class WhyCommandTest {
  @TempDir private Path directory;
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    Samples.fill(cluster);
    berth = new Berth(cluster.environment());
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  @Test
  void namesEachConstraintHowManyNodesItRefusedAndWhatToDo() {
    cluster.workloads().put(waiting(3));
    assertEquals(
        """
        web.3 has waited for a node for 3m (last tried 3m ago): none of 5 nodes fits.
          3  memory                       need 4Gi, at most 2Gi free on n4  → ask for less, or add a node
          1  cordoned                     n2                                → berth node uncordon n2
          1  require: node.arch == arm64  has amd64
        """,
        berth.run("why", "web.3").out());
  }

  @Test
  void putsWhatToDoBelowWhenALineIsTooNarrow() {
    cluster.workloads().put(waiting(3));
    assertEquals(
        """
        web.3 has waited for a node for 3m (last tried 3m ago): none of 5 nodes fits.
          3  memory: need 4Gi, at most 2Gi free on n4
             → ask for less, or add a node
          1  cordoned: n2
             → berth node uncordon n2
          1  require: node.arch == arm64: has amd64
        """,
        berth.onTerminal(80).run("why", "web.3").out());
  }

  @Test
  void slotsThatWaitForTheSameReasonsShareABlock() {
    for (int slot = 1; slot <= 6; slot++) {
      cluster.workloads().put(waiting(slot));
    }
    cluster.workloads().put(waiting(7).toBuilder().setMessage("cannot be seen").build());
    String out = berth.run("why", "web").out();
    assertTrue(
        out.startsWith(
            "web.1, web.2, web.3 and 3 more have waited for a node for up to 3m (last tried 3m"
                + " ago): none of 5 nodes fits.\n"),
        out);
    assertTrue(
        out.contains(
            "\n\nweb.7 has waited for a node for 3m (last tried 3m ago): none of 5 nodes"
                + " fits.\n  3  memory "),
        out);
  }

  @Test
  void showsTheCandidatesOfWhatHasANode() {
    cluster.workloads().put(placed(1));
    assertEquals(
        """
        web.1 is on alpha (RUNNING), chosen 3m ago: 2 of 3 nodes fit.
          took the place of job.1 and job.2
          The best, with their scores:
            alpha  0.92  load 0.62, prefer +50
            beta   0.10  load 0.10
          Refused:
            1  cordoned  gamma  → berth node uncordon gamma
        """,
        berth.run("why", "web.1").out());
  }

  @Test
  void severalSlotsWithANodeAreATable() {
    cluster.workloads().put(placed(1));
    cluster.workloads().put(placed(2).toBuilder().clearTime().clearBest().build());
    cluster.workloads().put(placed(3).toBuilder().setNodes(9).build());
    assertEquals(
        """
        web: 3 slots with a node; ask for one of them to see its candidates.
          SLOT   NODE   STATE    CHOSEN  FITTING  SCORE  WHY
          web.1  alpha  RUNNING  3m ago  2 of 3   0.92   load 0.62, prefer +50; took the place of job.1 and job.2
          web.2  alpha  RUNNING  -       -        -      under an earlier leader
          web.3  alpha  RUNNING  3m ago  2+ of 9  0.92   load 0.62, prefer +50; took the place of job.1 and job.2
        """,
        berth.run("why", "web").out());
  }

  @Test
  void saysWhenThereIsNothingToSay() {
    PlacementDecision one = waiting(1);
    cluster.workloads().put(one.toBuilder().clearRefusals().setNodes(0).build());
    cluster.workloads().put(waiting(2).toBuilder().clearRefusals().setNodes(1).build());
    cluster.workloads().put(waiting(3).toBuilder().clearRefusals().clearTime().build());
    cluster
        .workloads()
        .put(
            waiting(4).toBuilder()
                .clearRefusals()
                .setFitting(1)
                .setMessage("waits until job.1 has stopped")
                .addPreempted("job.1")
                .build());
    cluster
        .workloads()
        .put(
            waiting(5).toBuilder()
                .clearRefusals()
                .addRefusals(refusal(1, "cordoned", "", "berth node uncordon n2"))
                .setMessage("Its volume is on node n2, which was refused.")
                .build());
    cluster.workloads().put(placed(6).toBuilder().clearTime().build());
    assertEquals(
        """
        web.1 has waited for a node for 3m (last tried 3m ago): the cluster has no node; `berth token create` lets a host join.

        web.2 has waited for a node for 3m (last tried 3m ago): the only node does not fit.

        web.3 has waited for a node for 3m: it was not looked at yet.

        web.4 has waited for a node for 3m (last tried 3m ago): at least 1 of 5 nodes fits.
          waits until job.1 has stopped
          makes room by stopping job.1

        web.5 has waited for a node for 3m (last tried 3m ago).
          Its volume is on node n2, which was refused.
          1  cordoned  → berth node uncordon n2

        web.6 is on alpha (RUNNING): placed under an earlier leader, so why is not known.
        """,
        berth.run("why", "web").out());
    cluster.workloads().put(Samples.workload("idle"));
    assertEquals(
        new Berth.Result(0, "", "berth: idle: nothing of it lives; `berth ps -a` shows the rest\n"),
        berth.run("why", "idle"));
    Berth.Result unknown = berth.run("why", "nobody");
    assertEquals(1, unknown.exitCode());
    assertEquals("berth: there is no workload \"nobody\"\n", unknown.err());
  }

  @Test
  void isTheMessagesOfTheApiInJsonAndYaml() {
    cluster.workloads().put(waiting(3));
    cluster.workloads().put(placed(1));
    String json = berth.run("why", "-o", "json", "web").out();
    assertTrue(json.startsWith("[\n  {\n    \"instance\": {"), json);
    assertTrue(json.contains("\"advice\": \"berth node uncordon n2\""), json);
    assertTrue(json.contains("\"score\": 0.92"), json);
    assertTrue(berth.run("why", "-o", "yaml", "web").out().startsWith("- instance:\n"));
    assertEquals(2, berth.run("why", "-o", "table", "web").exitCode());
    assertEquals(2, berth.run("why").exitCode());
  }

  @Test
  void hostileTextIsHarmless() {
    PlacementDecision.Builder hostile = waiting(3).toBuilder();
    hostile.setMessage("\u001b[2J").addPreempted("\u202e");
    hostile.getInstanceBuilder().setName("web.3");
    hostile.addRefusals(
        NodeRefusal.newBuilder().setReason("\u001b]0;").setDetail("\n\n").setAdvice("\u0007"));
    cluster.workloads().put(hostile.build());
    for (Berth anywhere : new Berth[] {berth, berth.onTerminal(60)}) {
      String out = anywhere.run("why", "web.3").out();
      assertTrue(
          out.codePoints().allMatch(c -> c == '\n' || Printable.isSafe(c)), Printable.escape(out));
      assertFalse(out.contains("\n\n"), out);
    }
  }

  private static PlacementDecision waiting(int slot) {
    Instance.Builder instance = Samples.instance("web", slot, InstanceState.INSTANCE_STATE_PENDING);
    instance.getStatusBuilder().getTransitionsBuilder(0).setTime(threeMinutesAgo());
    return PlacementDecision.newBuilder()
        .setInstance(instance)
        .setTime(threeMinutesAgo())
        .setNodes(5)
        .addRefusals(
            refusal(3, "memory", "need 4Gi, at most 2Gi free on n4", "ask for less, or add a node"))
        .addRefusals(refusal(1, "cordoned", "n2", "berth node uncordon n2"))
        .addRefusals(refusal(1, "require: node.arch == arm64", "has amd64", ""))
        .build();
  }

  private static PlacementDecision placed(int slot) {
    return PlacementDecision.newBuilder()
        .setInstance(Samples.running("web", slot))
        .setTime(threeMinutesAgo())
        .setNodes(3)
        .setFitting(2)
        .addRefusals(refusal(1, "cordoned", "gamma", "berth node uncordon gamma"))
        .addBest(
            NodeScore.newBuilder()
                .setNode("alpha")
                .setScore(0.92)
                .setDetail("load 0.62, prefer +50"))
        .addBest(NodeScore.newBuilder().setNode("beta").setScore(0.1).setDetail("load 0.10"))
        .addPreempted("job.1")
        .addPreempted("job.2")
        .build();
  }

  private static NodeRefusal refusal(int nodes, String reason, String detail, String advice) {
    return NodeRefusal.newBuilder()
        .setNodes(nodes)
        .setReason(reason)
        .setDetail(detail)
        .setAdvice(advice)
        .build();
  }

  // In the middle of a minute, so that a slow test still counts three.
  private static Timestamp threeMinutesAgo() {
    return Samples.ago(200);
  }
}
