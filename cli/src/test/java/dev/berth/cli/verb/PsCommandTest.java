package dev.berth.cli.verb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.Samples;
import dev.berth.spec.Printable;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.ListInstancesResponse;
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
class PsCommandTest {
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

  @Test
  void listsWhatLivesAsDockerDoes() {
    cluster.instances().put(Samples.running("web", 1));
    cluster.instances().put(waiting());
    cluster.instances().put(crashing());
    cluster.instances().put(ended());
    Berth.Result result = berth.run("ps");
    assertEquals(0, result.exitCode());
    assertEquals("", result.err());
    List<String> lines = result.lines();
    assertEquals(4, lines.size(), result.out());
    assertMatches("SLOT +ID +IMAGE +NODE +STATE +PORTS", lines.get(0));
    assertMatches(
        "web\\.1 +0123456789ab +berth/demo +alpha +RUNNING [0-9]+s +0\\.0\\.0\\.0:20001->80/tcp",
        lines.get(1));
    assertMatches(
        "web\\.2 +0123456789ab +berth/demo +- +PENDING [0-9]+s \\(0 of 3 nodes fit: 3 cordoned\\)",
        lines.get(2));
    assertMatches(
        "web\\.3 .* RUNNING restart 2 in [0-9]+s \\(RestartBackOff, exit 7\\)", lines.get(3));
  }

  @Test
  void showsWhatEndedWithItsExitCode() {
    cluster.instances().put(ended());
    assertEquals(1, berth.run("ps").lines().size());
    assertMatches("web\\.4 .* FAILED [0-9]+s \\(exit 3\\)", berth.run("ps", "-a").lines().get(1));
  }

  @Test
  void printsIdsNamesAndTheApisJson() throws InvalidProtocolBufferException {
    Instance one = Samples.running("web", 1);
    cluster.instances().put(one);
    assertEquals("0123456789ab\n", berth.run("ps", "-q").out());
    assertEquals(one.getId() + "\n", berth.run("ps", "-q", "--no-trunc").out());
    assertEquals("web.1\n", berth.run("ps", "-o", "name").out());
    ListInstancesResponse.Builder parsed = ListInstancesResponse.newBuilder();
    JsonFormat.parser().merge(berth.run("ps", "-o", "json").out(), parsed);
    assertEquals(List.of(one), parsed.getInstancesList());
    assertTrue(berth.run("ps", "-o", "yaml").out().contains("- id: " + one.getId()));
    assertTrue(berth.run("ps", "-o", "wide").lines().getFirst().contains("RESTARTS"));
  }

  @Test
  void filtersByValue() {
    cluster.instances().put(Samples.running("web", 1));
    cluster.instances().put(Samples.running("api", 1).toBuilder().setId("f".repeat(32)).build());
    assertEquals("api.1\n", berth.run("ps", "-o", "name", "--filter", "workload=api").out());
    assertEquals(2, berth.run("ps", "-q", "--filter", "state=running").lines().size());
    assertEquals("", berth.run("ps", "-q", "--filter", "node=beta").out());
  }

  @Test
  void cutsOnATerminalOnly() {
    cluster.instances().put(waiting());
    List<String> terminal = berth.onTerminal(60).run("ps").lines();
    assertTrue(terminal.stream().allMatch(line -> line.length() <= 60), terminal.toString());
    assertTrue(terminal.get(1).contains("…"), terminal.toString());
    assertTrue(berth.run("ps").out().contains("3 cordoned)"));
    assertTrue(berth.onTerminal(60).run("ps", "--no-trunc").out().contains("3 cordoned)"));
  }

  @Test
  void hostileTextIsEscapedInEveryFormat() {
    String hostile = "\u001b]0;owned\u0007\u202egnp.\u009b2J\nname";
    cluster
        .instances()
        .put(Samples.running("web", 1).toBuilder().setImage(hostile).setNode(hostile).build());
    for (String format : List.of("table", "wide", "json", "yaml", "name")) {
      String out = berth.onTerminal(200).run("ps", "-o", format).out();
      assertFalse(
          out.codePoints().anyMatch(c -> c != '\n' && !Printable.isSafe(c)), format + ": " + out);
    }
  }

  private static Instance waiting() {
    Instance.Builder waiting = Samples.instance("web", 2, InstanceState.INSTANCE_STATE_PENDING);
    waiting.getStatusBuilder().setReason("NoCapacity").setMessage("0 of 3 nodes fit: 3 cordoned");
    return waiting.build();
  }

  private static Instance crashing() {
    Instance.Builder crashing = Samples.instance("web", 3, InstanceState.INSTANCE_STATE_RUNNING);
    crashing
        .setNode("alpha")
        .getStatusBuilder()
        .setReason("RestartBackOff")
        .setExitCode(7)
        .setRestarts(1)
        .setNextRestartTime(Samples.ago(-12));
    return crashing.build();
  }

  private static Instance ended() {
    Instance.Builder ended = Samples.instance("web", 4, InstanceState.INSTANCE_STATE_FAILED);
    ended.getStatusBuilder().setExitCode(3);
    return ended.build();
  }

  private static void assertMatches(String pattern, String line) {
    assertTrue(line.matches(pattern), line);
  }
}
