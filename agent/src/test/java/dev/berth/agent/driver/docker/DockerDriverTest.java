package dev.berth.agent.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.DriverReport;
import dev.berth.agent.driver.Failure;
import dev.berth.agent.driver.Listing;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.Owner;
import dev.berth.agent.driver.PrepareListener;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.agent.driver.RuntimeListener;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.PullPolicy;
import dev.berth.v1.PullProgress;
import dev.berth.v1.WorkloadSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DockerDriverTest {
  private static final String ID = "0123456789abcdef0123456789abcdef";
  private static final String CONTAINER = "c0ffee";
  private static final Owner OWNER = new Owner("cluster-1", "node-1");
  private static final RuntimeHandle HANDLE = new RuntimeHandle("docker", ID, CONTAINER);
  private static final PrepareListener NOBODY = _ -> {};

  private FakeDocker docker;
  private DockerDriver driver;

  @BeforeEach
  void open() throws IOException {
    docker = new FakeDocker();
    driver = new DockerDriver(docker.host(), OWNER);
  }

  @AfterEach
  void close() throws IOException {
    driver.close();
    docker.close();
  }

  private static AssignedInstance instance(PullPolicy policy) {
    return AssignedInstance.newBuilder()
        .setInstanceId(ID)
        .setNamespace("default")
        .setWorkload("web")
        .setSlot(2)
        .setSpec(
            WorkloadSpec.newBuilder()
                .setContainer(ContainerSpec.newBuilder().setImage("shop:2.1").setPull(policy)))
        .build();
  }

  private static AssignedInstance instance() {
    return instance(PullPolicy.PULL_POLICY_IF_MISSING);
  }

  private static String inspection(String state, String instanceId) {
    return "{\"Id\":\"c0ffee\",\"State\":"
        + state
        + ",\"Config\":{\"Labels\":{\"dev.berth.instance\":\""
        + instanceId
        + "\",\"dev.berth.cluster\":\"cluster-1\",\"dev.berth.node\":\"node-1\",\"x\":null}}}";
  }

  private static String running() {
    return "{\"Status\":\"running\",\"Running\":true,\"StartedAt\":\"2026-01-02T03:04:05.6Z\"}";
  }

  private static String exited(int code) {
    return "{\"Status\":\"exited\",\"ExitCode\":"
        + code
        + ",\"OOMKilled\":true,\"StartedAt\":\"2026-01-02T03:04:05Z\","
        + "\"FinishedAt\":\"2026-01-02T03:04:06Z\"}";
  }

  private Failure failure(DriverCall call) {
    return assertThrows(DriverException.class, call::run).failure();
  }

  private interface DriverCall {
    void run() throws DriverException;
  }

  @Test
  void createsAndStartsWithOneCallEach() throws DriverException {
    docker.on("POST /containers/create", _ -> FakeDocker.json(201, "{\"Id\":\"c0ffee\"}"));
    docker.on("POST /containers/c0ffee/start", _ -> FakeDocker.text(204, ""));
    Observation made = driver.prepare(instance(), NOBODY);
    assertEquals(new RunState.Created(), made.state());
    assertEquals(HANDLE, made.handle());
    Instant before = Instant.now();
    RunState.Running running =
        assertInstanceOf(RunState.Running.class, driver.start(made.handle()).state());
    assertFalse(running.startTime().isBefore(before));
    assertEquals(2, docker.requests("").size());
    FakeDocker.Request create = docker.requests("POST /containers/create").getFirst();
    assertTrue(create.target().contains("name=berth-web.2-01234567"), create.target());
    assertTrue(create.body().contains("\"dev.berth.cluster\":\"cluster-1\""), create.body());
    assertTrue(create.body().contains("\"max-size\":\"10m\""), create.body());
    assertTrue(create.body().contains("\"Hostname\":\"web-2\""), create.body());
  }

  @Test
  void givesARunOneStartTimeWhoeverIsAsked() throws DriverException {
    docker.on("POST /containers/c0ffee/start", _ -> FakeDocker.text(204, ""));
    String startedAt = Instant.now().plusMillis(1).toString();
    RunState started = driver.start(HANDLE).state();
    docker.on(
        "GET /containers/c0ffee/json",
        _ ->
            FakeDocker.json(
                200,
                inspection("{\"Status\":\"running\",\"StartedAt\":\"" + startedAt + "\"}", ID)));
    RunState.Running seen =
        assertInstanceOf(RunState.Running.class, driver.inspect(HANDLE).state());
    assertTrue(seen.equals(started) || seen.startTime().equals(Instant.parse(startedAt)));
  }

  @Test
  void adoptsAContainerThatIsThereAlready() throws DriverException {
    docker.on("POST /containers/create", _ -> FakeDocker.refusal(409, "Conflict. In use"));
    docker.on(
        "GET /containers/berth-web.2-01234567/json",
        _ -> FakeDocker.json(200, inspection(running(), ID)));
    Observation found = driver.prepare(instance(), NOBODY);
    assertEquals(HANDLE, found.handle());
    assertEquals(new RunState.Running(Instant.parse("2026-01-02T03:04:05.6Z")), found.state());
    assertFalse(found.labels().containsKey("x"));
  }

  @Test
  void doesNotTouchAForeignContainerOfTheSameName() {
    docker.on("POST /containers/create", _ -> FakeDocker.refusal(409, "Conflict. In use"));
    docker.on(
        "GET /containers/berth-web.2-01234567/json",
        _ -> FakeDocker.json(200, inspection(running(), "someone-elses")));
    Failure failure = failure(() -> driver.prepare(instance(), NOBODY));
    assertEquals("NameTaken", failure.reason());
    assertInstanceOf(Failure.Permanent.class, failure);
  }

  @Test
  void pullsAMissingImageAndAddsUpItsLayers() throws DriverException {
    AtomicInteger creates = new AtomicInteger();
    docker.on(
        "POST /containers/create",
        _ ->
            creates.incrementAndGet() == 1
                ? FakeDocker.refusal(404, "No such image: shop:2.1")
                : FakeDocker.json(201, "{\"Id\":\"c0ffee\"}"));
    docker.on(
        "POST /images/create",
        _ ->
            FakeDocker.chunks(
                bytes("{\"status\":\"Pulling from shop\",\"id\":\"2.1\"}\n"),
                bytes(
                    "{\"status\":\"Downloading\",\"id\":\"a\",\"progressDetail\":{\"current\":5,"
                        + "\"total\":10}}\n{\"status\":\"Pull complete\",\"id\":\"a\","
                        + "\"progressDetail\":{}}\n{\"status\":\"Status: done\"}\n")));
    List<PullProgress> seen = new CopyOnWriteArrayList<>();
    driver.prepare(instance(), seen::add);
    assertEquals(2, creates.get());
    assertEquals(
        "/images/create?fromImage=shop&tag=2.1",
        docker.requests("POST /images/create").getFirst().target());
    assertFalse(seen.isEmpty());
    assertEquals(10, seen.getFirst().getTotalBytes());
  }

  @Test
  void takesAnErrorInsideASuccessfulPullForAnError() {
    docker.on("POST /containers/create", _ -> FakeDocker.refusal(404, "No such image: shop:2.1"));
    docker.on(
        "POST /images/create",
        _ ->
            FakeDocker.chunks(
                bytes("{\"status\":\"Pulling\"}\n"),
                bytes(
                    "{\"errorDetail\":{\"message\":\"manifest unknown\"},\"error\":\"manifest"
                        + " unknown\"}")));
    Failure failure = failure(() -> driver.prepare(instance(), NOBODY));
    assertInstanceOf(Failure.Permanent.class, failure);
    assertEquals("ImagePullFailed", failure.reason());
    assertTrue(failure.message().contains("manifest unknown"), failure.message());
  }

  @Test
  void takesAPullThatBreaksOffForOneThatMaySucceedLater() {
    docker.on("POST /containers/create", _ -> FakeDocker.refusal(404, "No such image: shop:2.1"));
    for (String answer :
        List.of(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1F\r\n{\"status\":\"Downl",
            "HTTP/1.1 200 OK\r\n\r\n{\"status\":",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
            "HTTP/1.1 200 OK\r\n\r\n<html>",
            "HTTP/1.1 500 X\r\n\r\n{\"message\":\"dial tcp: i/o timeout\"}",
            "")) {
      docker.on("POST /images/create", _ -> FakeDocker.raw(answer));
      Failure failure = failure(() -> driver.prepare(instance(), NOBODY));
      assertInstanceOf(Failure.Retryable.class, failure, answer);
    }
  }

  @Test
  void neverPullsWhenTheSpecSaysNever() {
    docker.on("POST /containers/create", _ -> FakeDocker.refusal(404, "No such image: shop:2.1"));
    Failure failure = failure(() -> driver.prepare(instance(PullPolicy.PULL_POLICY_NEVER), NOBODY));
    assertEquals("ImageMissing", failure.reason());
    assertEquals(List.of(), docker.requests("POST /images"));
  }

  @Test
  void saysWhatAStartFailsOf() {
    docker.on(
        "POST /containers/c0ffee/start",
        _ -> FakeDocker.refusal(500, "Bind for 0.0.0.0:80 failed: port is already allocated"));
    assertEquals("PortTaken", failure(() -> driver.start(HANDLE)).reason());
    docker.on(
        "POST /containers/c0ffee/start",
        _ -> FakeDocker.refusal(400, "exec: \\\"/nope\\\": no such file"));
    Failure failure = failure(() -> driver.start(HANDLE));
    assertEquals(new Failure.Permanent("StartFailed", "exec: \"/nope\": no such file"), failure);
    docker.on("POST /containers/c0ffee/start", _ -> FakeDocker.refusal(404, "No such container"));
    assertEquals("Vanished", failure(() -> driver.start(HANDLE)).reason());
  }

  @Test
  void anIdThatVanishesIsGoneAndNothingMore() throws DriverException {
    assertEquals(new RunState.Gone(), driver.inspect(HANDLE).state());
    assertEquals(new RunState.Gone(), driver.stop(HANDLE, Duration.ofSeconds(1)).state());
    driver.remove(HANDLE);
  }

  @Test
  void readsAnExit() throws DriverException {
    docker.on(
        "GET /containers/c0ffee/json", _ -> FakeDocker.json(200, inspection(exited(137), ID)));
    assertEquals(
        new RunState.Exited(
            137,
            true,
            Instant.parse("2026-01-02T03:04:05Z"),
            Instant.parse("2026-01-02T03:04:06Z"),
            ""),
        driver.inspect(HANDLE).state());
  }

  @Test
  void badAnswersToInspectAreFailuresThatMayPass() {
    for (String body :
        List.of(
            "",
            "null",
            "{}",
            "[]",
            "{\"Id\":\"c0ffee\",\"State\":null}",
            "{\"Id\":null,\"State\":{\"Status\":\"running\"}}",
            inspection("{\"Status\":\"levitating\"}", ID),
            "{\"Id\":\"c0ffee\",\"State\":{\"Status\":\"running\"",
            "{\"Id\":7,\"State\":\"x\"}")) {
      docker.on("GET /containers/c0ffee/json", _ -> FakeDocker.json(200, body));
      assertInstanceOf(Failure.Retryable.class, failure(() -> driver.inspect(HANDLE)), body);
    }
    docker.on("GET /containers/c0ffee/json", _ -> FakeDocker.refusal(500, "oh"));
    assertInstanceOf(Failure.Retryable.class, failure(() -> driver.inspect(HANDLE)));
    docker.on(
        "GET /containers/c0ffee/json",
        _ -> FakeDocker.raw("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"Id\":"));
    assertInstanceOf(Failure.Retryable.class, failure(() -> driver.inspect(HANDLE)));
  }

  @Test
  void badListingsAreUnknownAndNeverShorter() {
    String entry =
        "{\"Id\":\"c0ffee\",\"State\":\"running\",\"Labels\":{\"dev.berth.instance\":\""
            + ID
            + "\",\"dev.berth.cluster\":\"cluster-1\",\"dev.berth.node\":\"node-1\"}}";
    for (String body :
        List.of("", "null", "{}", "[null]", "[{}]", "[{\"Id\":null}]", "[" + entry, "<html>")) {
      docker.on("GET /containers/json", _ -> FakeDocker.json(200, body));
      assertInstanceOf(Listing.Unknown.class, driver.recover(), body);
    }
    docker.on("GET /containers/json", _ -> FakeDocker.refusal(500, "oh"));
    assertInstanceOf(Listing.Unknown.class, driver.recover());

    docker.on("GET /containers/json", _ -> FakeDocker.json(200, "[" + entry + "]"));
    docker.on(
        "GET /containers/c0ffee/json",
        _ -> FakeDocker.json(200, inspection("{\"Status\":\"levitating\"}", ID)));
    assertInstanceOf(Listing.Unknown.class, driver.recover());
    docker.on("GET /containers/c0ffee/json", _ -> FakeDocker.json(200, inspection(running(), ID)));
    Listing.Complete complete = assertInstanceOf(Listing.Complete.class, driver.recover());
    assertEquals(HANDLE, complete.observations().getFirst().handle());
    docker.on("GET /containers/c0ffee/json", _ -> FakeDocker.refusal(404, "No such container"));
    assertEquals(new Listing.Complete(List.of()), driver.recover());
  }

  @Test
  void leavesContainersOfOthersOutOfItsListing() {
    docker.on(
        "GET /containers/json",
        _ ->
            FakeDocker.json(
                200,
                "[{\"Id\":\"a\",\"Labels\":{\"dev.berth.instance\":\"1\","
                    + "\"dev.berth.cluster\":\"other\",\"dev.berth.node\":\"node-1\"}},"
                    + "{\"Id\":\"b\",\"Labels\":{}}]"));
    assertEquals(new Listing.Complete(List.of()), driver.recover());
  }

  @Test
  void anAnswerThatDoesNotEndIsCutOff() {
    docker.on(
        "GET /containers/json",
        _ ->
            out -> {
              out.write(bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
              FakeDocker.writeChunk(out, bytes("["));
              byte[] item = bytes("{\"Id\":\"" + "x".repeat(60_000) + "\"},".repeat(1));
              while (true) {
                FakeDocker.writeChunk(out, item);
              }
            });
    assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> assertInstanceOf(Listing.Unknown.class, driver.recover()));
  }

  @Test
  void aSilentDaemonCostsACallTenSecondsAtMost() {
    docker.on("GET /containers/c0ffee/json", _ -> FakeDocker.silence());
    Instant before = Instant.now();
    Failure failure = failure(() -> driver.inspect(HANDLE));
    assertEquals("RuntimeTimeout", failure.reason());
    assertTrue(Duration.between(before, Instant.now()).toMillis() < 11_500);
  }

  @Test
  void describesADaemonThatIsAway() throws IOException {
    docker.close();
    DriverReport report = driver.describe();
    assertFalse(report.description().getAvailable());
    assertTrue(report.description().getMessage().contains("cannot be reached"));
    assertEquals(List.of(), report.layers());
  }

  @Test
  void goesOnAfterTheDaemonCutEveryConnection() throws Exception {
    docker.on("GET /containers/c0ffee/json", _ -> FakeDocker.json(200, inspection(running(), ID)));
    docker.on("POST /containers/c0ffee/start", _ -> FakeDocker.text(204, ""));
    driver.inspect(HANDLE);
    docker.cutConnections();
    assertInstanceOf(RunState.Running.class, driver.start(HANDLE).state());
    docker.cutConnections();
    driver.inspect(HANDLE);
  }

  @Test
  void canBeInterruptedWhileItPulls() throws Exception {
    docker.on("POST /containers/create", _ -> FakeDocker.refusal(404, "No such image: shop:2.1"));
    docker.on("POST /images/create", _ -> FakeDocker.silence());
    BlockingQueue<Failure> failures = new LinkedBlockingQueue<>();
    Thread preparing =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    driver.prepare(instance(), NOBODY);
                  } catch (DriverException e) {
                    failures.add(e.failure());
                  }
                });
    while (docker.requests("POST /images/create").isEmpty()) {
      Thread.onSpinWait();
    }
    preparing.interrupt();
    Failure failure = failures.poll(10, TimeUnit.SECONDS);
    assertEquals("Interrupted", failure == null ? "nothing" : failure.reason());
  }

  @Test
  void tellsOfAnExitAndReopensBrokenEvents() throws Exception {
    docker.on("GET /containers/c0ffee/json", _ -> FakeDocker.json(200, inspection(exited(3), ID)));
    AtomicInteger openings = new AtomicInteger();
    docker.on(
        "GET /events",
        _ ->
            switch (openings.incrementAndGet()) {
              case 1 -> FakeDocker.chunks(bytes(event("die")));
              case 2 ->
                  FakeDocker.raw(
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"Act");
              case 3 -> FakeDocker.refusal(500, "oh");
              case 4 -> FakeDocker.chunks(bytes("null {} [] {\"Actor\":null} 7"));
              default ->
                  out -> {
                    FakeDocker.chunks(bytes(event("destroy"))).write(out);
                    Thread.sleep(60_000);
                    return false;
                  };
            });
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    driver.follow(
        new RuntimeListener() {
          @Override
          public void changed(Observation observation) {
            told.add(observation.state().getClass().getSimpleName());
          }

          @Override
          public void interrupted(String reason) {
            told.add("interrupted");
          }

          @Override
          public void resumed() {
            told.add("resumed");
          }
        });
    for (String expected :
        List.of(
            "resumed",
            "Exited",
            "interrupted",
            "resumed",
            "interrupted",
            "resumed",
            "interrupted",
            "resumed",
            "Gone")) {
      assertEquals(expected, told.poll(20, TimeUnit.SECONDS));
    }
    FakeDocker.Request request = docker.requests("GET /events").getFirst();
    assertTrue(request.target().contains("cluster-1"), request.target());
    assertTrue(request.target().contains("since="), request.target());
  }

  @Test
  void refusesADaemonThatIsNotOnAUnixSocket() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new DockerDriver(java.net.URI.create("tcp://1.2.3.4:2375"), OWNER).close());
    assertTrue(Path.of(docker.host().getPath()).isAbsolute());
  }

  private static String event(String action) {
    return "{\"Type\":\"container\",\"Action\":\""
        + action
        + "\",\"Actor\":{\"ID\":\"c0ffee\",\"Attributes\":{\"dev.berth.instance\":\""
        + ID
        + "\",\"exitCode\":\"3\"}},\"timeNano\":1767323046000000000}\n";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
