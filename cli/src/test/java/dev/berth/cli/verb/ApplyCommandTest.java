package dev.berth.cli.verb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.Samples;
import dev.berth.v1.DeleteWorkloadRequest;
import dev.berth.v1.InstanceState;
import dev.berth.v1.ResolveImageRequest;
import dev.berth.v1.ScaleWorkloadRequest;
import dev.berth.v1.StopWorkloadRequest;
import dev.berth.v1.UpdateWorkloadRequest;
import dev.berth.v1.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ApplyCommandTest {
  private static final String STACK =
      """
      stack: shop
      workloads:
        api: {container: {image: "shop:1"}}
        job: {type: batch, replicas: 2, container: {image: "shop:1"}}
      """;

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
  void saysOfEachWorkloadWhatItDid() throws IOException {
    String file = file(STACK);
    assertEquals(
        new Berth.Result(0, "api created\njob created\n", ""), berth.run("apply", "-f", file));
    assertEquals(
        new Berth.Result(0, "api unchanged\njob unchanged\n", ""), berth.run("apply", "-f", file));
    assertEquals(List.of(), cluster.requests(UpdateWorkloadRequest.class));
    assertEquals(
        new Berth.Result(0, "api configured\njob unchanged\n", ""),
        berth.reading(STACK.replaceFirst("shop:1", "shop:2")).run("apply", "-f", "-"));
    UpdateWorkloadRequest update = cluster.requests(UpdateWorkloadRequest.class).getFirst();
    assertEquals("1", update.getWorkload().getEtag());
  }

  private String imageOf(String workload) {
    return cluster
        .workloads()
        .all()
        .getOrDefault(workload, Workload.getDefaultInstance())
        .getSpec()
        .getContainer()
        .getImage();
  }

  @Test
  void namesImagesByWhatTheirTagsMeanNowAndStaysThereWhenNobodyAnswers() throws IOException {
    String first = "sha256:" + "1".repeat(64);
    String second = "sha256:" + "2".repeat(64);
    String file = file(STACK);
    cluster.images().resolveTo(first);
    assertEquals(
        new Berth.Result(0, "api created\njob created\n", ""), berth.run("apply", "-f", file));
    assertEquals("shop:1@" + first, imageOf("api"));
    assertEquals(1, cluster.requests(ResolveImageRequest.class).size());
    assertEquals("api unchanged\njob unchanged\n", berth.run("apply", "-f", file).out());
    cluster.images().resolveTo(second);
    assertEquals("api configured\njob configured\n", berth.run("apply", "-f", file).out());
    assertEquals("shop:1@" + second, imageOf("job"));
    cluster.images().resolveFails();
    Berth.Result kept = berth.run("apply", "-f", file);
    assertEquals("api unchanged\njob unchanged\n", kept.out());
    assertTrue(kept.err().contains("shop:1: it stays what it was"), kept.err());
    Berth.Result open =
        berth.reading(STACK.replaceFirst("shop:1", "shop:2")).run("apply", "-f", "-");
    assertTrue(open.err().contains("shop:2: nodes may come to run different images"), open.err());
    assertEquals("shop:2", imageOf("api"));
    assertEquals(0, berth.run("apply", "--resolve-image=never", "-f", file).exitCode());
    assertEquals("shop:1", imageOf("job"));
    assertEquals(2, berth.run("apply", "--resolve-image=maybe", "-f", file).exitCode());
  }

  @Test
  void waitsUntilAllOfItRuns() throws IOException {
    cluster
        .workloads()
        .onChange(
            made -> {
              for (int slot = 1; slot <= made.getSpec().getReplicas(); slot++) {
                cluster
                    .instances()
                    .put(
                        made.getName().equals("job")
                            ? Samples.instance("job", slot, InstanceState.INSTANCE_STATE_COMPLETE)
                                .setId("a".repeat(31) + slot)
                                .build()
                            : Samples.running(made.getName(), slot));
              }
            });
    Berth.Result result = berth.run("apply", "-f", file(STACK), "--wait");
    assertEquals(0, result.exitCode(), result.err());
  }

  @Test
  void deletesWhatTheFileNames() throws IOException {
    berth.run("apply", "-f", file(STACK));
    assertEquals(
        new Berth.Result(0, "api deleted\njob deleted\n", ""),
        berth.run("delete", "-f", file(STACK)));
    assertTrue(cluster.requests(DeleteWorkloadRequest.class).getFirst().getForce());
    assertEquals(
        new Berth.Result(0, "api not there\njob not there\n", ""),
        berth.run("delete", "-f", file(STACK)));
  }

  @Test
  void validatesWithoutACluster() throws IOException {
    Berth alone = new Berth(Map.of("BERTH_CONFIG", "/no/such/file"));
    String good = file(STACK);
    assertEquals(
        new Berth.Result(0, good + ": good: 2 workloads\n", ""), alone.run("validate", "-f", good));
    String bad = file("stack: s\nworkloads:\n  w: {replicas: -1, colour: red}\n");
    Berth.Result refused = alone.run("validate", "-f", bad);
    assertEquals(2, refused.exitCode());
    assertEquals("", refused.out());
    assertTrue(
        refused
            .err()
            .contains(
                bad
                    + ":3:6: workloads.w: fields: exactly one is wanted of container, vm,"
                    + " process"));
    assertTrue(refused.err().contains(bad + ":3:17: workloads.w.replicas: value: -1 (expected: "));
    assertTrue(refused.err().contains(bad + ":3:21: workloads.w: unknown field \"colour\""));
  }

  @Test
  void refusesFilesThatAreNotThere() {
    assertEquals(
        new Berth.Result(2, "", "berth: /no/such.yaml: no such file\n"),
        berth.run("apply", "-f", "/no/such.yaml"));
    assertEquals(2, berth.run("apply").exitCode());
    assertEquals(2, berth.run("apply", "-f", "a\u0000b").exitCode());
    assertEquals(2, berth.run("validate", "-f", "/").exitCode());
  }

  @Test
  void stopsStartsAndRemovesWorkloadsAndSlots() {
    Samples.fill(cluster);
    assertEquals(
        new Berth.Result(0, "web.2\n", ""), berth.run("stop", "--no-wait", "-t", "3", "web.2"));
    StopWorkloadRequest stop = cluster.requests(StopWorkloadRequest.class).getFirst();
    assertEquals(List.of(2), stop.getSlotsList());
    assertEquals(3, stop.getGrace().getSeconds());
    assertEquals(new Berth.Result(0, "web.2\n", ""), berth.run("start", "web.2"));
    assertEquals(new Berth.Result(0, "web\n", ""), berth.run("restart", "web"));
    Berth.Result slot = berth.run("rm", "web.2");
    assertEquals(1, slot.exitCode());
    assertTrue(slot.err().startsWith("berth: web.2: web.2 is a slot of web"), slot.err());
    assertEquals(new Berth.Result(0, "web\n", ""), berth.run("rm", "-f", "web"));
  }

  @Test
  void waitsUntilWhatItStopsHasStopped() {
    Samples.fill(cluster);
    cluster
        .workloads()
        .onChange(
            _ ->
                cluster
                    .instances()
                    .put(Samples.instance("web", 2, InstanceState.INSTANCE_STATE_STOPPED).build()));
    assertEquals(new Berth.Result(0, "web.2\n", ""), berth.run("stop", "web.2"));
  }

  @Test
  void understandsPrefixesOfIds() {
    Samples.fill(cluster);
    String id = Samples.running("web", 3).getId();
    assertEquals(new Berth.Result(0, id + "\n", ""), berth.run("stop", "--no-wait", id));
    assertEquals(List.of(3), cluster.requests(StopWorkloadRequest.class).getFirst().getSlotsList());
  }

  @Test
  void goesOnAfterAFailureAndFailsInTheEnd() {
    Samples.fill(cluster);
    Berth.Result result = berth.run("stop", "--no-wait", "nothing", "web");
    assertEquals(
        new Berth.Result(1, "web\n", "berth: nothing: there is no workload \"nothing\"\n"), result);
  }

  @Test
  void scales() {
    Samples.fill(cluster);
    assertEquals(new Berth.Result(0, "web scaled to 5\n", ""), berth.run("scale", "web=5"));
    assertEquals(5, cluster.requests(ScaleWorkloadRequest.class).getFirst().getReplicas());
    for (String bad : List.of("web", "web=", "web=-1", "web=10001", "web=1e3", "=5", "WEB=1")) {
      assertEquals(2, berth.run("scale", bad).exitCode(), bad);
    }
  }

  private String file(String text) throws IOException {
    return Files.writeString(directory.resolve("shop.yaml"), text).toString();
  }
}
