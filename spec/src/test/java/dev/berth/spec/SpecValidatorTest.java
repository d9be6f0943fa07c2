package dev.berth.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Duration;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.Mount;
import dev.berth.v1.Placement;
import dev.berth.v1.PlacementStrategy;
import dev.berth.v1.PortSpec;
import dev.berth.v1.Resources;
import dev.berth.v1.RestartPolicy;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SpecValidatorTest {
  @Test
  void acceptsASmallSpecWithAndWithoutItsDefaults() {
    assertEquals(List.of(), SpecValidator.validate(good().build()));
    assertEquals(List.of(), SpecValidator.validate(WorkloadDefaults.fill(good().build())));
  }

  @Test
  void refusesAnEmptySpecAtEachFieldThatMatters() {
    assertEquals(
        List.of(
            "type: value: 0 (expected: service or batch)",
            "container: missing (expected: what to run: container, vm or process)"),
        problems(_ -> {}, WorkloadSpec.newBuilder()));
  }

  @Test
  void refusesNumbersOutOfBounds() {
    refuses(spec -> spec.setReplicas(-1), "replicas: value: -1 (expected: 0 to 10000)");
    refuses(spec -> spec.setReplicas(10_001), "replicas: value: 10001 (expected: 0 to 10000)");
    refuses(
        spec -> spec.setResources(Resources.newBuilder().setCpuMillis(-5)),
        "resources.cpu_millis: value: -5 (expected: 0 to 1024000)");
    refuses(
        spec -> spec.setResources(Resources.newBuilder().setMemoryBytes(1)),
        "resources.memory_bytes: value: 1 (expected: 0 or 6291456 to 70368744177664, which is 6Mi"
            + " to 64Ti)");
    refuses(
        spec -> spec.setRestart(RestartPolicy.newBuilder().setAttempts(1001)),
        "restart.attempts: value: 1001 (expected: 0 to 1000)");
    refuses(spec -> spec.setTypeValue(9), "type: value: 9 (expected: service or batch)");
    refuses(
        spec -> spec.setLostPolicyValue(7),
        "lost_policy: value: 7 (expected: replace, hold or fence)");
  }

  @Test
  void refusesSpansOutOfBounds() {
    refuses(
        spec -> spec.setStopGrace(Duration.newBuilder().setSeconds(3601)),
        "stop_grace: value: 1h1s (expected: 0s to 1h)");
    refuses(
        spec -> spec.setStopGrace(Duration.newBuilder().setSeconds(-1)),
        "stop_grace: value: -1s 0ns (expected: 0s to 1h)");
    refuses(
        spec -> spec.setStopGrace(Duration.newBuilder().setSeconds(Long.MAX_VALUE).setNanos(-1)),
        "stop_grace: value: 9223372036854775807s -1ns (expected: 0s to 1h)");
    refuses(
        spec ->
            spec.setRestart(RestartPolicy.newBuilder().setWindow(Duration.getDefaultInstance())),
        "restart.window: value: 0s (expected: 1s to 7d)");
  }

  @Test
  void refusesPortsThatAreWrongOrCollide() {
    refuses(
        spec -> spec.addPorts(PortSpec.newBuilder().setTarget(0)),
        "ports[0].target: value: 0 (expected: 1 to 65535)");
    refuses(
        spec -> spec.addPorts(PortSpec.newBuilder().setTarget(1).setHostAddress("host.example")),
        "ports[0].host_address: value: \"host.example\" (expected: an IPv4 or IPv6 address)");
    refuses(
        spec ->
            spec.addPorts(PortSpec.newBuilder().setTarget(80))
                .addPorts(PortSpec.newBuilder().setTarget(80)),
        "ports[1].name: value: \"80\" (expected: a name used once)");
    refuses(
        spec ->
            spec.addPorts(PortSpec.newBuilder().setTarget(80).setPublish(8080))
                .addPorts(PortSpec.newBuilder().setTarget(81).setPublish(8080)),
        "ports[1].publish: value: 8080 (expected: a port of the node used once)");
  }

  @Test
  void refusesMountsThatOpenTheHost() {
    for (String path :
        List.of(
            "/",
            "",
            "etc",
            "/a/..",
            "/a/./b",
            "/a//b",
            "/a/",
            "/var/run/docker.sock",
            "/run/docker.sock",
            "/run",
            "/var/run",
            "/var",
            "/srv/docker.sock",
            "/run/containerd/containerd.sock",
            "/proc",
            "/proc/1/root",
            "/sys/fs",
            "/dev/sda",
            "/a\nb",
            "/a\u202eb",
            "/" + "x".repeat(4096))) {
      List<String> problems =
          problems(
              spec -> spec.addMounts(Mount.newBuilder().setTarget("/in").setHostPath(path)),
              good());
      assertEquals(1, problems.size(), path);
      assertTrue(problems.getFirst().startsWith("mounts[0].host_path: "), problems.getFirst());
    }
    refuses(
        spec -> spec.addMounts(Mount.newBuilder().setTarget("/in")),
        "mounts[0]: missing (expected: host_path or volume)");
    refuses(
        spec -> spec.addMounts(Mount.newBuilder().setTarget("/a/../etc").setVolume("v")),
        "mounts[0].target: value: \"/a/../etc\" (expected: a path without \"..\", \".\", \"//\" and"
            + " a slash at the end)");
  }

  @Test
  void refusesHostileTextAndShowsItHarmless() {
    refuses(
        spec -> spec.putLabels("team", "red\u202e"),
        "labels[\"team\"]: value: \"red\\u{202e}\" (expected: 0 to 255 printable characters)");
    refuses(
        spec -> spec.getContainerBuilder().setImage("demo;rm -rf"),
        "container.image: value: \"demo;rm -rf\" (expected: an image reference such as \"shop:2.1\""
            + " or \"host:5000/team/shop\")");
    refuses(
        spec -> spec.getContainerBuilder().putEnv("A=B", "x"),
        "container.env[\"A=B\"]: value: \"A=B\" (expected: letters, digits, '_', '.' and '-', a"
            + " letter or '_' first)");
    refuses(
        spec -> spec.getContainerBuilder().addCommand("a\0b"),
        "container.command[0]: value: \"a\\u{0}b\" (expected: no NUL character)");
  }

  @Test
  void refusesMoreThanThereMayBe() {
    WorkloadSpec.Builder spec = good();
    for (int i = 0; i < 65; i++) {
      spec.putLabels("l" + i, "");
      spec.addPorts(PortSpec.newBuilder().setTarget(1 + i));
      spec.addMounts(Mount.newBuilder().setTarget("/m" + i).setVolume("v"));
    }
    spec.getContainerBuilder().addCommand("x".repeat(65_537));
    assertEquals(
        List.of(
            "container.command: size: 65537 bytes (expected: at most 65536)",
            "ports: count: 65 (expected: at most 64 ports)",
            "mounts: count: 65 (expected: at most 64 mounts)",
            "labels: count: 65 (expected: at most 64 labels)"),
        problems(_ -> {}, spec));
  }

  @Test
  void fillsDefaultsOnceAndForAll() {
    WorkloadSpec filled =
        WorkloadDefaults.fill(
            good()
                .addPorts(PortSpec.newBuilder().setTarget(80))
                .setPlacement(Placement.getDefaultInstance())
                .build());
    assertEquals("80", filled.getPorts(0).getName());
    assertEquals(2, filled.getRestart().getAttempts());
    assertEquals(10, filled.getStopGrace().getSeconds());
    assertEquals(LostPolicy.LOST_POLICY_REPLACE, filled.getLostPolicy());
    assertEquals(50, filled.getPriority());
    assertEquals(
        PlacementStrategy.PLACEMENT_STRATEGY_BIN_PACK, filled.getPlacement().getStrategy());
    assertEquals(filled, WorkloadDefaults.fill(filled));
  }

  @Test
  void namesFollowTheirGrammar() {
    assertEquals(new SlotName("web", 2), SlotName.parse("web.2"));
    for (String bad :
        List.of("web", "web.", "web.0", "web.02", "web.x", ".1", "web.10001", "a.b.1")) {
      assertEquals(null, SlotName.parse(bad), bad);
    }
    assertEquals(null, Names.nodeProblem("host-1.example"));
    assertTrue(Names.nodeProblem("Host") != null);
    assertTrue(Names.workloadProblem("x".repeat(49)) != null);
    assertTrue(Names.workloadProblem("-x") != null);
    for (String good :
        List.of(
            "demo",
            "berth/demo",
            "shop:2.1",
            "localhost:5000/a/b_c:x",
            "a@sha256:" + "0".repeat(64))) {
      assertEquals(null, Names.imageProblem(good), good);
    }
  }

  private static void refuses(Consumer<WorkloadSpec.Builder> change, String problem) {
    assertEquals(List.of(problem), problems(change, good()));
  }

  private static List<String> problems(
      Consumer<WorkloadSpec.Builder> change, WorkloadSpec.Builder spec) {
    change.accept(spec);
    return SpecValidator.validate(spec.build()).stream().map(Violation::toString).toList();
  }

  private static WorkloadSpec.Builder good() {
    return WorkloadSpec.newBuilder()
        .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
        .setReplicas(1)
        .setContainer(ContainerSpec.newBuilder().setImage("berth/demo"));
  }
}
