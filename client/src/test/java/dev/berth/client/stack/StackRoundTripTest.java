package dev.berth.client.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.spec.Durations;
import dev.berth.spec.Quantity;
import dev.berth.spec.SpecValidator;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.DeviceCount;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.Mount;
import dev.berth.v1.PortProtocol;
import dev.berth.v1.PortSpec;
import dev.berth.v1.PullPolicy;
import dev.berth.v1.Resources;
import dev.berth.v1.RestartCondition;
import dev.berth.v1.RestartPolicy;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/// Any good spec, written as a stack file by a writer that knows nothing of the table of fields,
/// reads back as the same spec.
class StackRoundTripTest {
  private static final int CASES = 500;
  private static final String TEXT = "abc XYZ 019 :#-?{}[],&*!|>'\"%@`~\\/=.\u00e9\u4e2d\n\t";

  @Test
  void everyGoodSpecReadsBackAsItself() throws StackException {
    long seed = Long.getLong("berth.seed", System.nanoTime());
    System.err.println("StackRoundTripTest: -Dberth.seed=" + seed);
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (int i = 0; i < CASES; i++) {
      WorkloadSpec spec = spec(random);
      assertEquals(List.of(), SpecValidator.validate(spec), "seed " + seed + ", case " + i);
      String text = write(spec);
      StackFile read = StackFile.read("case", text.getBytes(StandardCharsets.UTF_8));
      assertEquals(
          List.of(new StackWorkload("w", spec)),
          read.workloads(),
          () -> "seed " + seed + "\n" + text);
    }
  }

  private static WorkloadSpec spec(RandomGenerator random) {
    WorkloadSpec.Builder spec =
        WorkloadSpec.newBuilder()
            .setTypeValue(1 + random.nextInt(2))
            .setReplicas(random.nextInt(10_001))
            .setContainer(container(random));
    if (random.nextBoolean()) {
      Resources.Builder resources = spec.getResourcesBuilder();
      resources.setCpuMillis(random.nextLong(1_024_001));
      resources.setMemoryBytes(random.nextBoolean() ? 0 : (6L << 20) + random.nextLong(1L << 40));
      for (int i = random.nextInt(3); i > 0; i--) {
        resources.addDevicesBuilder().setName("d" + i).setCount(random.nextInt(1, 65));
      }
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      spec.addPorts(
          PortSpec.newBuilder()
              .setName("p" + i)
              .setTarget(1 + random.nextInt(65_535))
              .setPublish(random.nextBoolean() ? 0 : 1000 * i + random.nextInt(1000))
              .setProtocolValue(random.nextInt(3))
              .setHostAddress(random.nextBoolean() ? "" : "10.0.0." + i));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      Mount.Builder mount =
          Mount.newBuilder().setTarget("/t" + i).setReadOnly(random.nextBoolean());
      spec.addMounts(
          random.nextBoolean() ? mount.setVolume("v" + i) : mount.setHostPath("/srv/h " + i));
    }
    spec.putAllLabels(labels(random));
    if (random.nextBoolean()) {
      spec.setPlacement(PlacementYaml.random(random));
    }
    if (random.nextBoolean()) {
      spec.setRestart(restart(random));
    }
    if (random.nextBoolean()) {
      spec.setStopGrace(duration(random, 3_600));
    }
    if (random.nextBoolean()) {
      spec.setPriority(random.nextInt(1, 101));
      spec.getDisruptionBudgetBuilder().setMaxUnavailable(random.nextInt(10_001));
    }
    return spec.setLostPolicyValue(random.nextInt(4)).build();
  }

  private static ContainerSpec container(RandomGenerator random) {
    ContainerSpec.Builder container =
        ContainerSpec.newBuilder()
            .setImage("registry.example:5000/team/demo:1." + random.nextInt(100))
            .setWorkingDir(random.nextBoolean() ? "" : "/a/b c")
            .setUser(random.nextBoolean() ? "" : Integer.toString(random.nextInt(70_000)))
            .setPullValue(random.nextInt(4))
            .setHostname(random.nextBoolean() ? "" : "h" + random.nextInt(9))
            .setReadOnly(random.nextBoolean());
    for (int i = random.nextInt(4); i > 0; i--) {
      container.addCommand(text(random));
      container.addEntrypoint(text(random));
      container.putEnv("V_" + i, text(random));
    }
    return container.build();
  }

  private static RestartPolicy restart(RandomGenerator random) {
    RestartPolicy.Builder restart = RestartPolicy.newBuilder().setConditionValue(random.nextInt(4));
    if (random.nextBoolean()) {
      restart.setAttempts(random.nextInt(1001));
    }
    if (random.nextBoolean()) {
      restart.setWindow(duration(random, 604_000).toBuilder().setSeconds(1 + random.nextInt(999)));
    }
    return random.nextBoolean()
        ? restart.setDelay(duration(random, 3_600)).build()
        : restart.build();
  }

  private static com.google.protobuf.Duration duration(RandomGenerator random, int seconds) {
    return Durations.toProto(
        Duration.ofSeconds(random.nextInt(seconds), random.nextBoolean() ? 0 : 500_000_000));
  }

  private static Map<String, String> labels(RandomGenerator random) {
    return random.nextBoolean()
        ? Map.of()
        : Map.of("team", text(random).replace("\n", "").replace("\t", ""), "a.b/c", "no");
  }

  private static String text(RandomGenerator random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.append(TEXT.charAt(random.nextInt(TEXT.length())));
    }
    return text.toString();
  }

  private static String write(WorkloadSpec spec) {
    StringBuilder out = new StringBuilder("stack: s\nworkloads:\n  w:\n");
    boolean batch = spec.getType() == WorkloadType.WORKLOAD_TYPE_BATCH;
    line(out, 2, "type", batch ? "batch" : "service");
    line(out, 2, "replicas", Integer.toString(spec.getReplicas()));
    container(out, spec.getContainer());
    if (spec.hasResources()) {
      out.append("    resources:\n");
      line(out, 3, "cpu", Quantity.formatCpu(spec.getResources().getCpuMillis()));
      line(out, 3, "memory", Quantity.formatMemory(spec.getResources().getMemoryBytes()));
      out.append(spec.getResources().getDevicesCount() == 0 ? "" : "      devices:\n");
      for (DeviceCount device : spec.getResources().getDevicesList()) {
        line(out, 4, device.getName(), Integer.toString(device.getCount()));
      }
    }
    ports(out, spec.getPortsList());
    mounts(out, spec.getMountsList());
    map(out, 2, "labels", spec.getLabelsMap());
    if (spec.hasPlacement()) {
      line(out, 2, "placement", PlacementYaml.write(spec.getPlacement()));
    }
    if (spec.hasRestart()) {
      restart(out, spec.getRestart());
    }
    if (spec.hasStopGrace()) {
      line(out, 2, "stopGrace", Durations.format(Durations.fromProto(spec.getStopGrace())));
    }
    if (spec.getLostPolicy() != LostPolicy.LOST_POLICY_UNSPECIFIED) {
      String[] words = {"", "replace", "hold", "fence"};
      line(out, 2, "lostPolicy", words[spec.getLostPolicyValue()]);
    }
    if (spec.getPriority() != 0) {
      line(out, 2, "priority", Integer.toString(spec.getPriority()));
    }
    if (spec.hasDisruptionBudget()) {
      int most = spec.getDisruptionBudget().getMaxUnavailable();
      line(out, 2, "disruptionBudget", "{maxUnavailable: " + most + "}");
    }
    return out.toString();
  }

  private static void container(StringBuilder out, ContainerSpec container) {
    out.append("    container:\n");
    line(out, 3, "image", container.getImage());
    list(out, "command", container.getCommandList());
    list(out, "entrypoint", container.getEntrypointList());
    map(out, 3, "env", container.getEnvMap());
    if (!container.getWorkingDir().isEmpty()) {
      line(out, 3, "workingDir", quoted(container.getWorkingDir()));
    }
    if (!container.getUser().isEmpty()) {
      line(out, 3, "user", container.getUser());
    }
    if (container.getPull() != PullPolicy.PULL_POLICY_UNSPECIFIED) {
      String[] words = {"", "if-missing", "always", "never"};
      line(out, 3, "pull", words[container.getPullValue()]);
    }
    if (!container.getHostname().isEmpty()) {
      line(out, 3, "hostname", container.getHostname());
    }
    line(out, 3, "readOnly", Boolean.toString(container.getReadOnly()));
  }

  private static void ports(StringBuilder out, List<PortSpec> ports) {
    out.append(ports.isEmpty() ? "" : "    ports:\n");
    for (PortSpec port : ports) {
      out.append("      ").append(port.getName()).append(":\n");
      line(out, 4, "target", Integer.toString(port.getTarget()));
      line(out, 4, "publish", Integer.toString(port.getPublish()));
      if (port.getProtocol() != PortProtocol.PORT_PROTOCOL_UNSPECIFIED) {
        boolean udp = port.getProtocol() == PortProtocol.PORT_PROTOCOL_UDP;
        line(out, 4, "protocol", udp ? "udp" : "tcp");
      }
      if (!port.getHostAddress().isEmpty()) {
        line(out, 4, "hostAddress", port.getHostAddress());
      }
    }
  }

  private static void mounts(StringBuilder out, List<Mount> mounts) {
    out.append(mounts.isEmpty() ? "" : "    mounts:\n");
    for (Mount mount : mounts) {
      out.append("      - target: ").append(mount.getTarget()).append('\n');
      if (mount.hasVolume()) {
        line(out, 4, "volume", mount.getVolume());
      } else {
        line(out, 4, "hostPath", quoted(mount.getHostPath()));
      }
      line(out, 4, "readOnly", Boolean.toString(mount.getReadOnly()));
    }
  }

  private static void restart(StringBuilder out, RestartPolicy restart) {
    out.append("    restart:\n");
    if (restart.getCondition() != RestartCondition.RESTART_CONDITION_UNSPECIFIED) {
      String[] words = {"", "never", "on-failure", "always"};
      line(out, 3, "condition", words[restart.getConditionValue()]);
    }
    if (restart.hasAttempts()) {
      line(out, 3, "attempts", Integer.toString(restart.getAttempts()));
    }
    if (restart.hasWindow()) {
      line(out, 3, "window", Durations.format(Durations.fromProto(restart.getWindow())));
    }
    if (restart.hasDelay()) {
      line(out, 3, "delay", Durations.format(Durations.fromProto(restart.getDelay())));
    }
    if (restart.equals(RestartPolicy.getDefaultInstance())) {
      int end = out.length() - 1;
      out.replace(end, out.length(), " {}\n");
    }
  }

  private static void list(StringBuilder out, String name, List<String> words) {
    if (!words.isEmpty()) {
      line(out, 3, name, words.stream().map(StackRoundTripTest::quoted).toList().toString());
    }
  }

  private static void map(StringBuilder out, int depth, String name, Map<String, String> values) {
    if (!values.isEmpty()) {
      out.repeat(' ', depth * 2).append(name).append(":\n");
      values.forEach((key, value) -> line(out, depth + 1, key, quoted(value)));
    }
  }

  private static void line(StringBuilder out, int depth, String name, String value) {
    out.repeat(' ', depth * 2).append(name).append(": ").append(value).append('\n');
  }

  private static String quoted(String text) {
    return '"'
        + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\t", "\\t")
        + '"';
  }
}
