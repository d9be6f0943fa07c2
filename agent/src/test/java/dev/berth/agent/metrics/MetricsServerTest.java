package dev.berth.agent.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.agent.driver.DriverRegistry;
import dev.berth.agent.driver.DriverReport;
import dev.berth.agent.driver.InstanceUsage;
import dev.berth.agent.driver.Listing;
import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.PrepareListener;
import dev.berth.agent.driver.RunState;
import dev.berth.agent.driver.RuntimeDriver;
import dev.berth.agent.driver.RuntimeHandle;
import dev.berth.agent.driver.RuntimeListener;
import dev.berth.agent.driver.StatsCapable;
import dev.berth.agent.port.AgentMetrics;
import dev.berth.agent.port.InstanceInventory;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.DriverDescription;
import dev.berth.v1.InstanceState;
import dev.berth.v1.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetricsServerTest {
  private static final Path PROMTOOL = Path.of("/usr/bin/promtool");

  private MetricsServer server;

  @BeforeEach
  void open() throws IOException {
    server =
        MetricsServer.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "node-1");
  }

  @AfterEach
  void close() {
    server.close();
  }

  /// Sends a request as it is and reads the whole answer.
  private String ask(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
      socket.setSoTimeout(20_000);
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String get(String target, String host) throws IOException {
    return ask("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
  }

  private static int status(String answer) {
    return Integer.parseInt(answer.split(" ", 3)[1]);
  }

  @Test
  void servesItsPageToItsOwnNamesOnly() throws IOException {
    for (String host : List.of("localhost", "127.0.0.1:9642", "[::1]:1", "LOCALHOST:7")) {
      assertEquals(200, status(get("/metrics", host)), host);
    }
    for (String host : List.of("evil.example", "127.0.0.1.evil.example:80", "10.0.0.1", "")) {
      assertEquals(421, status(get("/metrics", host)), host);
    }
  }

  @Test
  void refusesOtherPathsAndMethods() throws IOException {
    assertEquals(404, status(get("/", "localhost")));
    assertEquals(404, status(get("/metrics/../etc/passwd", "localhost")));
    assertEquals(404, status(get("/metrics/", "localhost")));
    assertEquals(400, status(get("/<script>", "localhost")));
    String rest = " /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    String posted = ask("POST" + rest + "Content-Length: 0\r\n\r\n");
    assertEquals(405, status(posted));
    assertTrue(posted.contains("Allow: GET, HEAD"), posted);
    String head = ask("HEAD" + rest + "\r\n");
    assertEquals(200, status(head));
    assertFalse(head.contains("jvm_"), head);
  }

  @Test
  void showsWhatInstancesUse() throws IOException {
    server.observe(
        () -> List.of(entry("a1", 1), entry("a2", 2)),
        new DriverRegistry(List.of(new Measuring())));
    String page = get("/metrics", "localhost");
    String labels =
        "{instance_id=\"a1\",kind=\"container\",namespace=\"default\",node=\"node-1\",slot=\"web.1\","
            + "workload=\"web\"}";
    assertTrue(page.contains("berth_instance_cpu_seconds_total" + labels + " 1.5"), page);
    assertTrue(page.contains("berth_instance_memory_bytes" + labels + " 4096.0"), page);
    assertTrue(page.contains("berth_instance_guest_memory_bytes" + labels + " 1024.0"), page);
    assertTrue(page.contains("berth_instance_disk_read_bytes_total" + labels + " 11.0"), page);
    assertTrue(page.contains("berth_instance_disk_written_bytes_total" + labels + " 13.0"), page);
    assertTrue(page.contains("berth_instance_network_receive_bytes_total" + labels + " 7.0"), page);
    assertTrue(page.contains("berth_instance_restarts_total" + labels + " 1.0"), page);
    assertFalse(page.contains("berth_instance_network_transmit_bytes_total{"), page);
    assertTrue(page.contains("berth_instance_restarts_total{instance_id=\"a2\""), page);
    assertFalse(page.contains("berth_instance_memory_bytes{instance_id=\"a2\""), page);
  }

  @Test
  void countsTheTimesToEachPhaseOfAStart() throws IOException {
    server.bootPhase(Kind.KIND_VM, BootPhaseKind.BOOT_PHASE_KIND_READY, Duration.ofMillis(3_400));
    server.bootPhase(Kind.KIND_VM, BootPhaseKind.BOOT_PHASE_KIND_READY, Duration.ofMillis(600));
    server.bootPhase(
        Kind.KIND_CONTAINER, BootPhaseKind.BOOT_PHASE_KIND_IMAGE_READY, Duration.ofMillis(-5));
    server.bootPhase(Kind.KIND_VM, BootPhaseKind.BOOT_PHASE_KIND_UNSPECIFIED, Duration.ZERO);
    server.bootPhase(Kind.KIND_VM, BootPhaseKind.UNRECOGNIZED, Duration.ZERO);
    String page = get("/metrics", "localhost");
    String name = "berth_instance_phase_seconds";
    String ready = "{kind=\"vm\",phase=\"ready\"";
    assertTrue(page.contains(name + "_bucket" + ready + ",le=\"1.0\"} 1"), page);
    assertTrue(page.contains(name + "_bucket" + ready + ",le=\"+Inf\"} 2"), page);
    assertTrue(page.contains(name + "_sum" + ready + "} 4.0"), page);
    assertTrue(page.contains(name + "_sum{kind=\"container\",phase=\"image_ready\"} 0.0"), page);
    assertFalse(page.contains("unspecified"), page);
    assertFalse(page.contains("unrecognized"), page);
  }

  @Test
  void isCleanToPromtool() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(PROMTOOL), "promtool is not installed (package prometheus)");
    server.observe(() -> List.of(entry("a1", 1)), new DriverRegistry(List.of(new Measuring())));
    server.driverCall("docker", "start", AgentMetrics.Outcome.OK, 2_000_000);
    server.driverCall("docker", "start", AgentMetrics.Outcome.RETRYABLE, 3_000_000);
    server.dispatch(40_000);
    server.session(true);
    server.bootPhase(
        Kind.KIND_VM, BootPhaseKind.BOOT_PHASE_KIND_BOOT_LOADER, Duration.ofMillis(1_200));
    String page = get("/metrics", "localhost");
    String text = page.substring(page.indexOf("\r\n\r\n") + 4);
    assertTrue(
        text.contains(
            "berth_driver_call_seconds_count{driver=\"docker\",outcome=\"ok\",verb=\"start\"} 1"),
        text);
    Process promtool =
        new ProcessBuilder(PROMTOOL.toString(), "check", "metrics")
            .redirectErrorStream(true)
            .start();
    try (OutputStream in = promtool.getOutputStream()) {
      in.write(text.getBytes(StandardCharsets.UTF_8));
    }
    String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals("", said);
    assertEquals(0, promtool.waitFor());
  }

  private static InstanceInventory.Entry entry(String id, int slot) {
    return new InstanceInventory.Entry(
        id,
        new InstanceInventory.Slot("default", "web", slot),
        Kind.KIND_CONTAINER,
        InstanceState.INSTANCE_STATE_RUNNING,
        id.equals("a1") ? Optional.of(new RuntimeHandle("fake", id, "c")) : Optional.empty(),
        1);
  }

  /// Measures and does nothing else.
  private static final class Measuring implements RuntimeDriver, StatsCapable {
    @Override
    public OptionalLong storageBytes(RuntimeHandle handle) {
      throw new AssertionError("too slow for a scrape");
    }

    @Override
    public List<InstanceUsage> stats(Collection<RuntimeHandle> handles) {
      return handles.stream()
          .map(
              handle ->
                  new InstanceUsage(
                      handle.instanceId(),
                      OptionalLong.of(1_500_000_000L),
                      new InstanceUsage.Memory(
                          OptionalLong.of(4096), OptionalLong.of(1024), OptionalLong.empty()),
                      new InstanceUsage.Traffic(OptionalLong.of(7), OptionalLong.empty()),
                      InstanceUsage.Traffic.of(11, 13)))
          .toList();
    }

    @Override
    public String name() {
      return "fake";
    }

    @Override
    public Kind kind() {
      return Kind.KIND_CONTAINER;
    }

    @Override
    public DriverReport describe() {
      return new DriverReport(DriverDescription.getDefaultInstance(), List.of());
    }

    @Override
    public Observation prepare(AssignedInstance instance, PrepareListener listener) {
      return gone(new RuntimeHandle("fake", instance.getInstanceId(), ""));
    }

    @Override
    public Observation start(RuntimeHandle handle) {
      return gone(handle);
    }

    @Override
    public Observation stop(RuntimeHandle handle, Duration grace) {
      return gone(handle);
    }

    @Override
    public void remove(RuntimeHandle handle) {}

    @Override
    public Observation inspect(RuntimeHandle handle) {
      return gone(handle);
    }

    @Override
    public Listing recover() {
      return new Listing.Complete(List.of());
    }

    @Override
    public void follow(RuntimeListener listener) {}

    @Override
    public void close() {}

    private static Observation gone(RuntimeHandle handle) {
      return new Observation(handle, new RunState.Gone(), Map.of());
    }
  }
}
