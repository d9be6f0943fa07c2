package dev.berth.cli.verb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.v1.ExaminationFailure;
import dev.berth.v1.ExamineNodesRequest;
import dev.berth.v1.FindingVerdict;
import dev.berth.v1.NodeExamination;
import dev.berth.v1.NodeFinding;
import dev.berth.v1.NodeMend;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class NodeDoctorCommandTest {
  private static final NodeFinding WELL =
      NodeFinding.newBuilder()
          .setCheck("docker")
          .setVerdict(FindingVerdict.FINDING_VERDICT_OK)
          .setSeen("the daemon answers; version 20.10.24")
          .build();
  private static final NodeFinding BROKEN =
      NodeFinding.newBuilder()
          .setCheck("forwarding")
          .setVerdict(FindingVerdict.FINDING_VERDICT_PROBLEM)
          .setSeen("iptables drops from br0\u001b[2J")
          .setMend("iptables -I DOCKER-USER 1 -i br0 -j ACCEPT")
          .setFixable(true)
          .build();

  @TempDir private Path directory;
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    berth = new Berth(cluster.environment());
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  private static NodeExamination.Builder node(String name, NodeFinding... findings) {
    return NodeExamination.newBuilder().setNode(name).addAllFindings(List.of(findings));
  }

  @Test
  void showsEveryFindingAndBelowWhatMendsIt() {
    cluster.nodes().examinations(node("n2", WELL).build(), node("n1", WELL, BROKEN).build());
    assertEquals(
        new Berth.Result(
            1,
            """
            NODE   CHECK        VERDICT   SEEN
            n1     docker       OK        the daemon answers; version 20.10.24
            n1     forwarding   PROBLEM   iptables drops from br0\\u{1b}[2J
            n2     docker       OK        the daemon answers; version 20.10.24

            To mend it, on the node:
              n1, forwarding: iptables -I DOCKER-USER 1 -i br0 -j ACCEPT  # or from here: berth node doctor --fix n1
            """,
            ""),
        berth.run("node", "doctor"));
  }

  @Test
  void whatIsWellEndsWithZeroAndWarningsDoToo() {
    NodeFinding warning =
        BROKEN.toBuilder().setVerdict(FindingVerdict.FINDING_VERDICT_WARNING).build();
    cluster.nodes().examinations(node("n1", WELL, warning).build());
    assertEquals(0, berth.run("node", "doctor", "n1").exitCode());
    assertEquals(
        List.of("n1"), cluster.requests(ExamineNodesRequest.class).getFirst().getNodesList());
    assertFalse(cluster.requests(ExamineNodesRequest.class).getFirst().getFix());
  }

  @Test
  void mendingSaysEachCommandThatRan() {
    cluster
        .nodes()
        .examinations(
            node("n1", WELL)
                .addMends(NodeMend.newBuilder().setCommand("iptables -A x").setSucceeded(true))
                .addMends(NodeMend.newBuilder().setCommand("sysctl -w y").setOutput("denied"))
                .build());
    assertEquals(
        "n1: ran iptables -A x\nn1: ran sysctl -w y (failed: denied)\n",
        berth.run("node", "doctor", "--fix").err());
    assertTrue(cluster.requests(ExamineNodesRequest.class).getFirst().getFix());
  }

  @Test
  void aNodeThatCannotBeAskedIsNamed() {
    cluster
        .nodes()
        .examinations(
            node("n1")
                .setFailure(ExaminationFailure.newBuilder().setMessage("it is not connected"))
                .build());
    assertEquals(
        new Berth.Result(1, "", "berth: n1: it is not connected\n"), berth.run("node", "doctor"));
  }

  @Test
  void jsonHoldsTheMessagesOfTheApi() {
    cluster.nodes().examinations(node("n1", BROKEN).build());
    String out = berth.run("node", "doctor", "-o", "json").out();
    assertTrue(out.contains("\"verdict\": \"FINDING_VERDICT_PROBLEM\""), out);
    assertTrue(out.contains("\"fixable\": true"), out);
  }

  @Test
  void verdictsAreColouredOnATerminal() {
    cluster.nodes().examinations(node("n1", WELL, BROKEN).build());
    String out = berth.onTerminal(100).run("node", "doctor").out();
    assertTrue(out.contains("\u001b[32mOK\u001b[0m"), out);
    assertTrue(out.contains("\u001b[31mPROBLEM\u001b[0m"), out);
  }

  @Test
  void aNameThatCanBeNoNodesIsWrongUsage() {
    assertEquals(2, berth.run("node", "doctor", "No Node").exitCode());
  }
}
