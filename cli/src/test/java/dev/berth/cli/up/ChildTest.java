package dev.berth.cli.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildTest {
  private static final String READY_THEN_SLEEP = "echo starting; echo READY now; exec sleep 60";

  @TempDir Path temp = Path.of("");

  private final List<String> notes = new CopyOnWriteArrayList<>();
  private @Nullable ProcessTable loaded;

  @BeforeEach
  void loadTable() throws Exception {
    loaded = ProcessTable.load(temp.resolve("processes"));
  }

  private ProcessTable table() {
    return Objects.requireNonNull(loaded);
  }

  @AfterEach
  void endProcesses() throws Exception {
    for (ProcessRef ref : table().running()) {
      ref.stop(Duration.ofSeconds(10));
    }
  }

  private Child child(String script, Duration limit) {
    LogFile log = new LogFile(temp.resolve("log").resolve("child.log"));
    List<String> command = List.of("sh", "-c", script);
    ChildSpec spec =
        new ChildSpec("child", command, Map.of("GREETING", "hello"), log, Readiness.line(), limit);
    return new Child(spec, table(), notes::add);
  }

  @Test
  void isReadyWhenItSaysSoAndHasASessionOfItsOwn() throws Exception {
    Child child = child(READY_THEN_SLEEP, Duration.ofSeconds(20));
    child.start();
    ProcessRef ref = table().running("child").orElseThrow();
    String[] stat = Files.readString(Path.of("/proc/" + ref.pid() + "/stat")).split(" ", -1);
    assertEquals(Long.toString(ref.pid()), stat[5], "session");
    assertTrue(notes.getLast().startsWith("child: ready after "), notes.toString());
  }

  @Test
  void showsTheEndOfItsLogWhenItEndsInsteadOfBecomingReady() {
    Child child = child("echo $GREETING; echo no such thing >&2; exit 3", Duration.ofSeconds(20));
    StartFailure failure = assertThrows(StartFailure.class, child::start);
    assertTrue(
        String.valueOf(failure.getMessage()).contains("| hello\n  | no such thing"),
        failure.getMessage());
    assertTrue(String.valueOf(failure.getMessage()).contains("child.log"), failure.getMessage());
  }

  @Test
  void failsWhenItIsNotReadyInTime() {
    Child child = child("exec sleep 60", Duration.ofMillis(200));
    StartFailure failure = assertThrows(StartFailure.class, child::start);
    assertTrue(
        String.valueOf(failure.getMessage()).contains("(it wrote nothing)"), failure.getMessage());
  }

  @Test
  void aReadyLineOfAnEarlierStartDoesNotCount() throws Exception {
    Files.createDirectories(temp.resolve("log"));
    Files.writeString(temp.resolve("log").resolve("child.log"), "READY earlier\n");
    assertThrows(StartFailure.class, child("exec sleep 60", Duration.ofMillis(200))::start);
  }

  @Test
  void isStartedAgainWhenItDies() throws Exception {
    Child child = child(READY_THEN_SLEEP, Duration.ofSeconds(20));
    child.start();
    child.keepAlive();
    ProcessRef first = table().running("child").orElseThrow();
    ProcessHandle.of(first.pid()).orElseThrow().destroyForcibly();
    Eventually.holds(
        () -> table().running("child").filter(ref -> ref.pid() != first.pid()).isPresent());
    Eventually.holds(() -> notes.getLast().startsWith("child: ready after "));
    child.release();
  }

  @Test
  void isNotStartedAgainOnceItIsReleased() throws Exception {
    Child child = child(READY_THEN_SLEEP, Duration.ofSeconds(20));
    child.start();
    child.keepAlive();
    child.release();
    assertTrue(table().running("child").orElseThrow().stop(Duration.ofSeconds(20)));
    assertThrows(StartFailure.class, child::start);
    assertFalse(table().running("child").isPresent());
  }

  @Test
  void backsOffFurtherWithEachDeathAndForgetsAfterAGoodRun() {
    BackOff backOff = new BackOff();
    assertEquals(Duration.ofMillis(200), backOff.after(Duration.ZERO));
    assertEquals(Duration.ofMillis(400), backOff.after(Duration.ofSeconds(5)));
    for (int i = 0; i < 10; i++) {
      backOff.after(Duration.ZERO);
    }
    assertEquals(Duration.ofSeconds(10), backOff.after(Duration.ZERO));
    assertEquals(Duration.ofMillis(200), backOff.after(Duration.ofMinutes(1)));
  }
}
