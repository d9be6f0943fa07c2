package dev.berth.agent.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.berth.agent.port.HostCommands;
import dev.berth.v1.OpenExec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenCommandsTest {
  private static final String CONTAINER = "c0ffee";
  private static final String EXEC = "abad1dea";
  private static final long PID = 4711;
  private static final String STARTED = "99";

  @TempDir private Path directory;
  private final Signals signals = new Signals();
  private FakeDocker docker;
  private DockerApi api;
  private Path proc;
  private Path files;
  private OpenCommands killed;

  /// Ends the process that is sent a signal.
  private final class Signals implements HostCommands {
    final List<String> sent = new CopyOnWriteArrayList<>();

    @Override
    public boolean has(String program) {
      return true;
    }

    @Override
    public Output run(List<String> words) throws IOException {
      sent.add(String.join(" ", words.subList(words.size() - 2, words.size())));
      Path process = proc.resolve(words.getLast());
      Files.delete(process.resolve("cgroup"));
      return new Output(0, "");
    }
  }

  @BeforeEach
  void start() throws IOException {
    docker = new FakeDocker();
    api = new DockerApi(docker.host());
    proc = directory.resolve("proc");
    files = directory.resolve("commands");
    killed = new OpenCommands(proc, files, signals);
  }

  @AfterEach
  void stop() throws IOException {
    api.close();
    docker.close();
  }

  private ContainerProcess runs(String started) throws IOException {
    Path process = Files.createDirectories(proc.resolve(Long.toString(PID)));
    Files.writeString(process.resolve("cgroup"), "0::/system.slice/docker-" + CONTAINER + ".scope");
    Files.writeString(
        process.resolve("stat"), PID + " (a) b) S" + " 0".repeat(18) + " " + started + " 0 0");
    return new ContainerProcess(proc, CONTAINER, PID, started);
  }

  private void nextAgentEndsAll() {
    new OpenCommands(proc, files, signals).endLeftOver(api);
    await(() -> listed().isEmpty());
  }

  private static void await(BooleanSupplier condition) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> {
          while (!condition.getAsBoolean()) {
            Thread.sleep(1);
          }
        });
  }

  private List<Path> listed() {
    try (Stream<Path> list = Files.list(files)) {
      return list.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String running(long pid) {
    return "{\"ID\":\"" + EXEC + "\",\"Running\":true,\"ExitCode\":null,\"Pid\":" + pid + "}";
  }

  @Test
  void theNextAgentEndsWhatRuns() throws IOException {
    killed.made(EXEC, CONTAINER);
    killed.runs(EXEC, runs(STARTED));
    nextAgentEndsAll();
    assertEquals(List.of("HUP 4711"), signals.sent);
    assertEquals(List.of(), docker.requests("GET /exec"));
  }

  @Test
  void aCommandWhoseAgentDiedBeforeItKnewTheProcessIsLookedForAtTheDaemon() throws IOException {
    var asked = new AtomicInteger();
    docker.on(
        "GET /exec/" + EXEC + "/json",
        _ ->
            FakeDocker.json(
                200,
                asked.incrementAndGet() < 3
                    ? "{\"ID\":\"" + EXEC + "\",\"Running\":false,\"ExitCode\":null,\"Pid\":0}"
                    : running(PID)));
    killed.made(EXEC, CONTAINER);
    var _ = runs(STARTED);
    nextAgentEndsAll();
    assertEquals(List.of("HUP 4711"), signals.sent);
  }

  @Test
  void aDaemonThatIsAwayIsAskedAgain() throws IOException {
    var asked = new AtomicInteger();
    docker.on(
        "GET /exec/" + EXEC + "/json",
        _ ->
            asked.incrementAndGet() < 3
                ? FakeDocker.refusal(500, "not yet")
                : FakeDocker.json(200, running(PID)));
    killed.made(EXEC, CONTAINER);
    var _ = runs(STARTED);
    nextAgentEndsAll();
    assertEquals(List.of("HUP 4711"), signals.sent);
  }

  @Test
  void whatHasEndedOrIsNotKnownIsForgotten() {
    docker.on(
        "GET /exec/" + EXEC + "/json",
        _ -> FakeDocker.json(200, "{\"ID\":\"x\",\"Running\":false,\"ExitCode\":3,\"Pid\":4711}"));
    docker.on("GET /exec/beef/json", _ -> FakeDocker.refusal(404, "No such exec instance: beef"));
    killed.made(EXEC, CONTAINER);
    killed.made("beef", CONTAINER);
    nextAgentEndsAll();
    assertEquals(List.of(), signals.sent);
  }

  @Test
  void aCommandIsKnownBeforeAnybodySeesWhatItSays() throws Exception {
    var asked = new AtomicInteger();
    docker.on(
        "GET /exec/" + EXEC + "/json",
        _ ->
            asked.incrementAndGet() == 1
                ? FakeDocker.silence()
                : FakeDocker.json(200, running(PID)));
    docker.on(
        "POST /containers/" + CONTAINER + "/exec",
        _ -> FakeDocker.json(201, "{\"Id\":\"" + EXEC + "\"}"));
    docker.on(
        "POST /exec/" + EXEC + "/start",
        _ -> FakeDocker.raw("HTTP/1.1 200 OK\r\n\r\n\1\0\0\0\0\0\0\3up\n"));
    var _ = runs(STARTED);
    OpenExec command = OpenExec.newBuilder().addCommand("x").build();
    try (ContainerExec started = ContainerExec.start(api, CONTAINER, command, killed)) {
      // The one that looks for it in the background gets no answer.
      await(() -> asked.get() == 1);
      assertEquals("up\n", started.read().orElseThrow().getData().toStringUtf8());
      assertEquals("c0ffee 4711 99", Files.readString(files.resolve(EXEC)));
    }
    await(() -> listed().isEmpty());
    assertEquals(List.of("HUP 4711"), signals.sent);
  }

  @Test
  void anotherProcessWithItsNumberIsLeftAlone() throws IOException {
    killed.made(EXEC, CONTAINER);
    killed.runs(EXEC, runs(STARTED));
    var _ = runs("100");
    nextAgentEndsAll();
    assertEquals(List.of(), signals.sent);
  }

  @Test
  void whatIsOverIsForgottenAlsoWhenItsProcessIsFoundLate() throws IOException {
    killed.made(EXEC, CONTAINER);
    killed.over(EXEC);
    killed.runs(EXEC, runs(STARTED));
    assertEquals(List.of(), listed());
  }
}
