package dev.berth.cli.verb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.BerthProcess;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.Samples;
import dev.berth.spec.Taints;
import dev.berth.v1.Device;
import dev.berth.v1.DrainNodeRequest;
import dev.berth.v1.FenceNodeRequest;
import dev.berth.v1.Node;
import dev.berth.v1.NodeAvailability;
import dev.berth.v1.NodeState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What operators do with nodes: drain, taint, fence.
@Timeout(120)
class NodeVerbsTest {
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
  void aDrainIsFollowedUntilTheNodeIsEmpty() {
    cluster.nodes().atEachLook(NodeVerbsTest::oneLess);
    Berth.Result drained =
        berth.run("node", "drain", "alpha", "--deadline", "10m", "--max-parallel", "2");
    assertEquals(
        new Berth.Result(
            0,
            "alpha\n",
            """
            alpha: 3 instances to go
            alpha: 2 instances to go; web: budget allows no more to be away
            alpha: 1 instance to go; web: budget allows no more to be away
            """),
        drained);
    DrainNodeRequest request = cluster.requests(DrainNodeRequest.class).getFirst();
    assertEquals(600, request.getDeadline().getSeconds());
    assertEquals(2, request.getMaxParallel());
  }

  @Test
  void aDrainOnATerminalIsOneLineThatChanges() {
    cluster.nodes().atEachLook(NodeVerbsTest::oneLess);
    String err = berth.onTerminal(40).run("node", "drain", "alpha").err();
    assertEquals(
        "\ralpha: 3 instances to go\u001b[K"
            + "\ralpha: 2 instances to go; web: budget …\u001b[K"
            + "\ralpha: 1 instance to go; web: budget a…\u001b[K"
            + "\r\u001b[K",
        err);
  }

  @Test
  void aDrainMayGoOnBehind() {
    assertEquals(new Berth.Result(0, "alpha\n", ""), berth.run("node", "drain", "-d", "alpha"));
    assertFalse(cluster.requests(DrainNodeRequest.class).getFirst().hasDeadline());
    assertTrue(
        berth.run("node", "ls").lines().get(1).contains(" DRAINING, 3 to go "),
        berth.run("node", "ls").out());
    assertEquals(
        "alpha\n",
        berth.run("node", "ls", "-o", "name", "--filter", "availability=draining").out());
    assertTrue(
        berth
            .run("node", "inspect", "alpha")
            .out()
            .contains(
                "Drain:                 3 to go, at most 10 at once; budgets always count\n"));
    assertEquals(0, berth.run("node", "uncordon", "alpha").exitCode());
    assertTrue(berth.run("node", "ls").lines().get(1).contains(" ACTIVE "));
  }

  @Test
  void aDrainThatSomeoneEndsOrThatLeavesSomethingFails() {
    cluster
        .nodes()
        .atEachLook(
            node ->
                node.toBuilder()
                    .setAvailability(NodeAvailability.NODE_AVAILABILITY_ACTIVE)
                    .clearDrain()
                    .build());
    Berth.Result ended = berth.run("node", "drain", "alpha");
    assertEquals(1, ended.exitCode());
    assertEquals("", ended.out());
    assertTrue(
        ended
            .err()
            .endsWith(
                "berth: the drain of alpha was ended meanwhile: it is ACTIVE with 3 instances\n"),
        ended.err());
    cluster
        .nodes()
        .atEachLook(
            node -> {
              Node.Builder changed = node.toBuilder().setInstances(1);
              changed.getDrainBuilder().setRemaining(0).setMessage("db.1 has a local volume");
              return changed.build();
            });
    Berth.Result stays = berth.run("node", "drain", "alpha");
    assertEquals(1, stays.exitCode());
    assertTrue(
        stays
            .err()
            .endsWith("berth: alpha is not empty: 1 instance stays\n  db.1 has a local volume\n"),
        stays.err());
  }

  @Test
  void ctrlCLeavesTheDrainGoingAndSaysSo() throws IOException, InterruptedException {
    CountDownLatch looked = new CountDownLatch(2);
    cluster
        .nodes()
        .atEachLook(
            node -> {
              looked.countDown();
              return node;
            });
    Path err = directory.resolve("err");
    Process drain = BerthProcess.of(cluster.environment(), err, "node", "drain", "alpha").start();
    assertTrue(looked.await(60, TimeUnit.SECONDS));
    BerthProcess.interrupt(drain);
    assertEquals(130, drain.waitFor());
    assertEquals(
        """
        alpha: 3 instances to go
        berth: the drain of alpha goes on; `berth node uncordon alpha` ends it
        """,
        Files.readString(err));
    assertEquals(NodeAvailability.NODE_AVAILABILITY_DRAINING, alpha().getAvailability());
  }

  @Test
  void drainsHaveBounds() {
    assertEquals(2, berth.run("node", "drain", "alpha", "--deadline", "8d").exitCode());
    assertEquals(2, berth.run("node", "drain", "alpha", "--deadline", "soon").exitCode());
    assertEquals(2, berth.run("node", "drain", "alpha", "--max-parallel", "0").exitCode());
    assertEquals(2, berth.run("node", "drain", "alpha", "--max-parallel", "1001").exitCode());
    assertEquals(1, berth.run("node", "drain", "omega").exitCode());
  }

  @Test
  void taintsAreSetReplacedAndRemoved() {
    assertEquals(
        new Berth.Result(0, "alpha\n", ""),
        berth.run(
            "node",
            "taint",
            "alpha",
            "gpu=a100:no-schedule",
            "gpu=a100:no-execute",
            "x:no-execute"));
    assertEquals("gpu=a100:no-schedule,gpu=a100:no-execute,x:no-execute", taints());
    assertEquals(0, berth.run("node", "taint", "alpha", "gpu=h100:no-execute", "x-").exitCode());
    assertEquals("gpu=a100:no-schedule,gpu=h100:no-execute", taints());
    assertTrue(berth.run("node", "ls", "-o", "wide").out().contains("gpu=a100:no-schedule,gpu=h1"));
    assertTrue(
        berth.run("node", "inspect", "alpha").out().contains("Taints:                gpu=a100:"));
    assertEquals(0, berth.run("node", "taint", "alpha", "gpu:no-execute-").exitCode());
    assertEquals("gpu=a100:no-schedule", taints());
    assertEquals(0, berth.run("node", "taint", "alpha", "gpu-", "nothing-").exitCode());
    assertEquals("", taints());
  }

  @Test
  void aTaintIsSetAnewWhenSomeoneElseWasFaster() {
    cluster.nodes().put(alpha().toBuilder().setEtag("1").build());
    cluster.nodes().atEachLook(NodeVerbsTest::changedOnce);
    assertEquals(0, berth.run("node", "taint", "alpha", "a=b:no-schedule").exitCode());
    assertEquals("other:no-execute,a=b:no-schedule", taints());
  }

  @Test
  void refusesTaintsThatAreNone() {
    Berth.Result refused = berth.run("node", "taint", "alpha", "gpu=1");
    assertEquals(2, refused.exitCode());
    assertEquals(
        "berth: taint: value: \"gpu=1\" (expected: KEY=VALUE:no-schedule or KEY=VALUE:no-execute),"
            + " or KEY- to remove\n",
        refused.err());
    assertEquals(2, berth.run("node", "taint", "alpha", "-").exitCode());
    assertEquals(2, berth.run("node", "taint", "alpha", "gpu:evict-").exitCode());
    assertEquals(2, berth.run("node", "taint", "alpha").exitCode());
  }

  @Test
  void fencingAsksBackOnATerminal() {
    cluster.nodes().put(lost());
    Berth.Result no = berth.onTerminal(80).reading("\n").run("node", "fence", "alpha");
    assertEquals(1, no.exitCode());
    assertEquals(
        "alpha is LOST, last heard 3m ago, with 3 instances. If its host still runs, they will run"
            + " twice.\nIs the host off, or gone for good? [y/N] berth: alpha is not fenced\n",
        no.err());
    assertEquals(List.of(), cluster.requests(FenceNodeRequest.class));
    Berth.Result yes = berth.onTerminal(80).reading("yes\n").run("node", "fence", "alpha");
    assertEquals(0, yes.exitCode());
    assertEquals("alpha\n", yes.out());
    assertEquals("e7", cluster.requests(FenceNodeRequest.class).getFirst().getEtag());
    assertTrue(berth.run("node", "ls").lines().get(1).contains(" LOST, fenced "));
    assertTrue(berth.run("node", "inspect", "alpha").out().contains("Fenced:  "));
  }

  @Test
  void fencingWithoutATerminalMustBeMeant() {
    cluster.nodes().put(lost());
    assertEquals(2, berth.reading("y\n").run("node", "fence", "alpha").exitCode());
    assertEquals(new Berth.Result(0, "alpha\n", ""), berth.run("node", "fence", "-y", "alpha"));
    cluster.nodes().put(Samples.node("alpha"));
    Berth.Result heard = berth.run("node", "fence", "--yes", "alpha");
    assertEquals(new Berth.Result(1, "", "berth: alpha is heard\n"), heard);
  }

  @Test
  void devicesAreShown() {
    Node.Builder node = alpha().toBuilder();
    node.getDescriptionBuilder()
        .addDevices(Device.newBuilder().setName("render").setId("/dev/dri/renderD128"))
        .addDevices(Device.newBuilder().setName("gpu").setId("/dev/nvidia0"))
        .addDevices(Device.newBuilder().setName("gpu").setId("/dev/nvidia1"));
    cluster.nodes().put(node.build());
    String out = berth.run("node", "inspect", "alpha").out();
    assertTrue(out.contains("Devices:               gpu 2, render 1\n"), out);
  }

  private static Node lost() {
    return Samples.node("alpha").toBuilder()
        .setState(NodeState.NODE_STATE_LOST)
        .setLastHeardTime(Samples.ago(200))
        .setEtag("e7")
        .build();
  }

  private static Node oneLess(Node node) {
    if (!node.hasDrain() || node.getInstances() == 0) {
      return node;
    }
    int left = node.getInstances() - 1;
    Node.Builder changed = node.toBuilder().setInstances(left);
    changed
        .getDrainBuilder()
        .setRemaining(left)
        .setMessage(left == 0 ? "" : "web: budget allows no more to be away");
    return changed.build();
  }

  private static Node changedOnce(Node node) {
    return node.getTaintsCount() > 0
        ? node
        : node.toBuilder().setEtag("2").addTaints(Taints.parse("other:no-execute")).build();
  }

  private String taints() {
    return String.join(",", alpha().getTaintsList().stream().map(Taints::format).toList());
  }

  private Node alpha() {
    return Objects.requireNonNull(cluster.nodes().all().get("alpha"));
  }
}
