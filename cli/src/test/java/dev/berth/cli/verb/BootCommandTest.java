package dev.berth.cli.verb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.Samples;
import dev.berth.spec.Printable;
import dev.berth.v1.BootPhase;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.BootPhaseSource;
import dev.berth.v1.Health;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.Kind;
import dev.berth.v1.StateTransition;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BootCommandTest {
  private static final Timestamp PLACED = Samples.ago(60);

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

  private static Timestamp at(long millis) {
    return Timestamps.add(PLACED, com.google.protobuf.util.Durations.fromMillis(millis));
  }

  private static BootPhase.Builder phase(BootPhaseKind kind, BootPhaseSource source, long millis) {
    return BootPhase.newBuilder().setPhase(kind).setSource(source).setTime(at(millis));
  }

  /// A machine that is as far as its kernel.
  private static Instance.Builder booting() {
    Instance.Builder machine = Samples.instance("db", 1, InstanceState.INSTANCE_STATE_RUNNING);
    machine.setNode("alpha").setKind(Kind.KIND_VM).setImage("berth/demo-vm");
    machine
        .getStatusBuilder()
        .setNote("emulated: no KVM")
        .addBootPhases(
            phase(
                BootPhaseKind.BOOT_PHASE_KIND_PLACED,
                BootPhaseSource.BOOT_PHASE_SOURCE_CONTROLLER,
                0))
        .addBootPhases(
            phase(
                BootPhaseKind.BOOT_PHASE_KIND_CREATED,
                BootPhaseSource.BOOT_PHASE_SOURCE_RUNTIME,
                400))
        .addBootPhases(
            phase(
                    BootPhaseKind.BOOT_PHASE_KIND_FIRMWARE,
                    BootPhaseSource.BOOT_PHASE_SOURCE_SERIAL,
                    1_000)
                .setEvidence("SeaBIOS (version 1.16.2)"))
        .addBootPhases(
            phase(
                    BootPhaseKind.BOOT_PHASE_KIND_KERNEL,
                    BootPhaseSource.BOOT_PHASE_SOURCE_SERIAL,
                    2_000)
                .setInferred(true)
                .setEvidence("[    0.500000] x"));
    return machine;
  }

  private static Instance.Builder ready() {
    Instance.Builder machine = booting();
    machine
        .getStatusBuilder()
        .addBootPhases(
            phase(
                BootPhaseKind.BOOT_PHASE_KIND_INIT,
                BootPhaseSource.BOOT_PHASE_SOURCE_SERIAL,
                3_500))
        .addBootPhases(
            phase(
                BootPhaseKind.BOOT_PHASE_KIND_READY,
                BootPhaseSource.BOOT_PHASE_SOURCE_HEALTH_CHECK,
                4_000));
    return machine;
  }

  @Test
  void drawsEachPhaseWithItsTimeAndItsShare() {
    cluster.instances().put(ready().build());
    Berth.Result result = berth.run("boot", "db.1");
    assertEquals("", result.err());
    assertEquals(0, result.exitCode());
    String expected =
        """
        emulated: no KVM
        PHASE      SINCE PLACED   TOOK      TIMELINE                                   SOURCE
        placed        +0.000 s    0.400 s   ████                                       controller
        created       +0.400 s    0.600 s       ██████                                 runtime
        firmware      +1.000 s    1.000 s             ██████████                       serial
        kernel       ~+2.000 s    1.500 s                       ███████████████        serial
        init          +3.500 s    0.500 s                                     ██████   serial
        ready         +4.000 s    -                                                ▏   health check
        not seen: image ready, boot loader, cloud-init, guest agent
        ~ not seen itself, but inferred from what was
        """;
    assertTrue(
        result.lines().getFirst().matches("db\\.1 \\(machine\\) on alpha: RUNNING [0-9]+s"),
        result.out());
    String rest = result.out().substring(result.out().indexOf('\n') + 1);
    assertEquals(normal(expected), normal(rest));
    assertFalse(result.out().contains("SeaBIOS"));
  }

  // The bars' exact columns are the drawing's own business.
  private static String normal(String drawing) {
    return drawing.replaceAll(" *[█▏]+ *", " # ").replaceAll(" +", " ");
  }

  @Test
  void barsFollowEachOtherAndFillTheWidthOfTheTerminal() {
    cluster.instances().put(ready().build());
    for (int columns : List.of(60, 80, 120, 200)) {
      List<String> lines = berth.onTerminal(columns).run("boot", "db.1").lines();
      int end = -1;
      for (String line : lines) {
        assertTrue(line.length() <= columns, columns + ": " + line);
        int first = line.indexOf('█');
        if (first >= 0) {
          assertTrue(end < 0 || first == end, columns + ": " + lines);
          end = line.lastIndexOf('█') + 1;
        }
      }
    }
  }

  @Test
  void whatLastsUntilNowIsSaidAndWhatIsToCome() {
    cluster.instances().put(booting().build());
    String out = berth.run("boot", "-v", "db").out();
    assertTrue(out.contains("not seen: image ready, boot loader\n"), out);
    assertTrue(out.contains("to come: init, cloud-init, guest agent, ready\n"), out);
    assertTrue(
        out.lines().anyMatch(line -> line.matches("kernel .* [0-9.]+ s so far .*\\[ +0\\.5.*x")),
        out);
    assertTrue(out.contains("SeaBIOS (version 1.16.2)"), out);
  }

  @Test
  void aContainersPhasesFollowFromItsStates() {
    Instance.Builder web = Samples.running("web", 1).toBuilder();
    web.getStatusBuilder()
        .clearTransitions()
        .addTransitions(transition(InstanceState.INSTANCE_STATE_PENDING, -50))
        .addTransitions(transition(InstanceState.INSTANCE_STATE_ASSIGNED, 0))
        .addTransitions(transition(InstanceState.INSTANCE_STATE_STARTING, 1_500))
        .addTransitions(transition(InstanceState.INSTANCE_STATE_RUNNING, 1_700));
    cluster.instances().put(web.build());
    List<String> lines = berth.run("boot", "web.1").lines();
    assertTrue(lines.get(2).matches("placed +\\+0\\.000 s +1\\.500 s .*controller"), lines.get(2));
    assertTrue(lines.get(3).matches("image ready +~\\+1\\.500 s .*runtime"), lines.get(3));
    assertTrue(lines.get(4).matches("created +\\+1\\.500 s +0\\.200 s .*"), lines.get(4));
    assertTrue(lines.get(5).matches("ready +~\\+1\\.700 s +- .*"), lines.get(5));
    assertEquals(7, lines.size());
    web.getStatusBuilder().setHealth(Health.HEALTH_UNSPECIFIED);
    cluster.instances().put(web.build());
    assertTrue(berth.run("boot", "web.1").out().contains("to come: ready\n"));
  }

  private static StateTransition transition(InstanceState state, long millis) {
    return StateTransition.newBuilder().setState(state).setTime(at(millis)).build();
  }

  @Test
  void whatIsStartedAgainIsMeasuredFromThere() {
    Instance.Builder again = ready();
    again.getStatusBuilder().setRestarts(2);
    cluster.instances().put(again.build());
    List<String> lines = berth.run("boot", "db.1").lines();
    assertTrue(lines.get(2).contains("SINCE CREATED"), lines.get(2));
    assertTrue(lines.get(3).matches("created +\\+0\\.000 s .*"), lines.get(3));
    assertTrue(lines.contains("not seen: boot loader, cloud-init, guest agent"), lines.toString());
  }

  @Test
  void printsPhasesAsTheApiHasThem() {
    cluster.instances().put(booting().build());
    String json = berth.run("boot", "-o", "json", "db.1").out();
    assertTrue(json.startsWith("[\n"), json);
    assertTrue(json.contains("\"phase\": \"BOOT_PHASE_KIND_FIRMWARE\""), json);
    assertTrue(berth.run("boot", "-o", "yaml", "db.1").out().contains("inferred: true"));
  }

  @Test
  void anInstanceWithoutPhasesIsNoError() {
    Instance.Builder waiting = Samples.instance("db", 1, InstanceState.INSTANCE_STATE_PENDING);
    cluster.instances().put(waiting.setKind(Kind.KIND_VM).build());
    Berth.Result result = berth.run("boot", "db.1");
    assertEquals(0, result.exitCode());
    assertEquals(2, result.lines().size(), result.out());
    assertTrue(result.lines().getLast().startsWith("to come: placed, image ready, created, firm"));
  }

  @Test
  void followsUntilItIsReady() throws ExecutionException, InterruptedException {
    cluster.instances().put(booting().build());
    CompletableFuture<Berth.Result> following =
        CompletableFuture.supplyAsync(() -> berth.run("boot", "-f", "db.1"));
    cluster.instances().put(ready().build());
    Berth.Result result = following.get();
    assertEquals(0, result.exitCode(), result.err());
    assertEquals(
        """
           +0.000 s  placed (controller)
           +0.400 s  created (runtime)
           +1.000 s  firmware (serial)
         ~+2.000 s  kernel (serial)
           +3.500 s  init (serial)
           +4.000 s  ready (health check)
        not seen: image ready, boot loader, cloud-init, guest agent
        ~ not seen itself, but inferred from what was
        """
            .replaceAll("(?m)^ +", ""),
        result.out().replaceAll("(?m)^ +", ""));
  }

  @Test
  void onATerminalThePictureIsDrawnInPlace() throws ExecutionException, InterruptedException {
    cluster.instances().put(booting().build());
    Berth wide = berth.onTerminal(100);
    CompletableFuture<Berth.Result> following =
        CompletableFuture.supplyAsync(() -> wide.run("boot", "-f", "db.1"));
    awaitFollower();
    cluster.instances().put(ready().build());
    String out = following.get().out();
    int second = out.indexOf('\u001b');
    long lines = out.substring(0, second).lines().count();
    assertTrue(out.startsWith("\u001b[" + lines + "A\u001b[Jdb.1", second), Printable.escape(out));
    assertTrue(out.substring(0, second).contains("to come: init"), Printable.escape(out));
    assertTrue(out.contains("ready  "), out);
    assertEquals(out.indexOf("\u001b[J"), out.lastIndexOf('\u001b'), Printable.escape(out));
  }

  private void awaitFollower() {
    while (!cluster.instances().isWatched()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void endsWithFailureWhenItEndsBeforeItIsReady() {
    Instance.Builder failed = booting();
    failed.getStatusBuilder().setState(InstanceState.INSTANCE_STATE_FAILED).setExitCode(3);
    cluster.instances().put(failed.build());
    Berth.Result result = berth.run("boot", "-f", "db.1");
    assertEquals(1, result.exitCode());
    assertTrue(result.err().contains("db.1 ended before it was ready: FAILED"), result.err());
    assertTrue(result.out().contains("not seen: image ready"), result.out());
    assertEquals(0, berth.run("boot", "db.1").exitCode());
  }

  @Test
  void endsWithFailureWhenItIsRemoved() throws ExecutionException, InterruptedException {
    Instance machine = booting().build();
    cluster.instances().put(machine);
    CompletableFuture<Berth.Result> following =
        CompletableFuture.supplyAsync(() -> berth.run("boot", "-f", "-o", "json", machine.getId()));
    awaitFollower();
    cluster.instances().remove(machine.getId());
    Berth.Result result = following.get();
    assertEquals(1, result.exitCode());
    assertEquals("", result.out());
    assertTrue(result.err().contains("removed before it was ready"), result.err());
  }

  @Test
  void refusesWhatNamesNoInstance() {
    cluster.instances().put(Samples.running("web", 1));
    cluster.instances().put(Samples.running("web", 2));
    Berth.Result several = berth.run("boot", "web");
    assertEquals(2, several.exitCode());
    assertTrue(several.err().contains("web has 2 slots"), several.err());
    assertEquals(1, berth.run("boot", "nothing").exitCode());
    assertEquals(2, berth.run("boot", "We\u202eb").exitCode());
    assertEquals(2, berth.run("boot").exitCode());
    assertEquals(2, berth.run("boot", "-o", "xml", "web.1").exitCode());
  }

  @Test
  void hostileTextIsEscaped() {
    Instance.Builder hostile = booting();
    String text = "\u001b]0;owned\u0007\u202egnp";
    hostile
        .setNode(text)
        .getStatusBuilder()
        .setNote(text)
        .getBootPhasesBuilder(2)
        .setEvidence(text);
    cluster.instances().put(hostile.build());
    for (String format : List.of("text", "json", "yaml")) {
      String out = berth.run("boot", "-v", "-o", format, "db.1").out();
      assertFalse(
          out.codePoints().anyMatch(c -> c != '\n' && !Printable.isSafe(c)), format + ": " + out);
    }
  }

  @Test
  void listsShowTheLatestPhaseWhenTheyAreWide() {
    cluster.instances().put(booting().build());
    List<String> lines = berth.run("ps", "-o", "wide").lines();
    assertTrue(lines.get(0).contains("   BOOT   "), lines.get(0));
    assertTrue(lines.get(1).contains("   kernel ~2.0s   "), lines.get(1));
    cluster.instances().put(ready().build());
    assertTrue(berth.run("ps", "-o", "wide").out().contains("   ready 4.0s   "));
  }
}
