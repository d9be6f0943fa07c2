package dev.berth.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.term.FailureException;
import dev.berth.spec.Names;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.Mount;
import dev.berth.v1.Placement;
import dev.berth.v1.PortProtocol;
import dev.berth.v1.PortSpec;
import dev.berth.v1.PullPolicy;
import dev.berth.v1.Resources;
import dev.berth.v1.RestartCondition;
import dev.berth.v1.RestartPolicy;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RunSpecTest {
  @Test
  void understandsDockersOptions(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("env"), "# no\nA=file\nB=2\n\nHOME\n");
    WorkloadSpec spec =
        spec(
            true,
            """
            -p 80 -p 8080:81 -p 127.0.0.1:53:53/udp -p [::1]:9000:82 -v data:/data -v
            /srv/x:/x:ro -e A=1 --env-file FILE -m 256m --cpus 0.5 --replicas 3
            --restart on-failure:5 -l team=blue --node-label disk=ssd --spread node
            --entrypoint /bin/sh -w /srv -u 1000:1000 --hostname h --read-only --pull
            always --stop-timeout 30
            """
                .replace("FILE", file.toString())
                .strip()
                .split("\\s+", -1));
    WorkloadSpec expected =
        WorkloadSpec.newBuilder()
            .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
            .setReplicas(3)
            .setContainer(
                ContainerSpec.newBuilder()
                    .setImage("demo")
                    .addAllCommand(List.of("serve", "-x"))
                    .addEntrypoint("/bin/sh")
                    .putEnv("A", "1")
                    .putEnv("B", "2")
                    .putEnv("HOME", "/home/me")
                    .setWorkingDir("/srv")
                    .setUser("1000:1000")
                    .setHostname("h")
                    .setReadOnly(true)
                    .setPull(PullPolicy.PULL_POLICY_ALWAYS))
            .setResources(Resources.newBuilder().setCpuMillis(500).setMemoryBytes(256L << 20))
            .addPorts(port(80, 0, PortProtocol.PORT_PROTOCOL_TCP, ""))
            .addPorts(port(81, 8080, PortProtocol.PORT_PROTOCOL_TCP, ""))
            .addPorts(
                port(53, 53, PortProtocol.PORT_PROTOCOL_UDP, "127.0.0.1").toBuilder()
                    .setName("53-udp"))
            .addPorts(port(82, 9000, PortProtocol.PORT_PROTOCOL_TCP, "::1"))
            .addMounts(Mount.newBuilder().setTarget("/data").setVolume("data"))
            .addMounts(Mount.newBuilder().setTarget("/x").setHostPath("/srv/x").setReadOnly(true))
            .putLabels("team", "blue")
            .setPlacement(
                Placement.newBuilder().addRequire("node.labels.disk == ssd").addSpread("node.name"))
            .setRestart(
                RestartPolicy.newBuilder()
                    .setCondition(RestartCondition.RESTART_CONDITION_ON_FAILURE)
                    .setAttempts(5))
            .setStopGrace(com.google.protobuf.Duration.newBuilder().setSeconds(30))
            .build();
    assertEquals(expected, spec);
  }

  @Test
  void inTheForegroundItRunsOnceToCompletion() {
    WorkloadSpec spec = spec(false);
    assertEquals(WorkloadType.WORKLOAD_TYPE_BATCH, spec.getType());
    assertEquals(RestartCondition.RESTART_CONDITION_NEVER, spec.getRestart().getCondition());
    assertEquals(
        RestartCondition.RESTART_CONDITION_UNSPECIFIED, spec(true).getRestart().getCondition());
  }

  @Test
  void refusesWhatCannotBeMeant() {
    refuses("-p: value: \"0\" (expected: 80, 8080:80 or ", "-p", "0");
    refuses("-p: value: \"80-90\"", "-p", "80-90");
    refuses("-p: value: \"1:2/icmp\"", "-p", "1:2/icmp");
    refuses("-p: value: \"99999:80\"", "-p", "99999:80");
    refuses("ports[0].host_address: value: \"host\"", "-p", "host:80:80");
    refuses("-v: value: \"/data\"", "-v", "/data");
    refuses("-v: value: \"./here:/in\"", "-v", "./here:/in");
    refuses("-v: value: \"a:/in:rx\"", "-v", "a:/in:rx");
    refuses("mounts[0].host_path: value: \"/\"", "-v", "/:/in");
    refuses("mounts[0].host_path: value: \"/a/../b\"", "-v", "/a/../b:/in");
    refuses(
        "mounts[0].host_path: value: \"/var/run/docker.sock\"", "-v", "/var/run/docker.sock:/s");
    refuses("-e: value: \"=x\"", "-e", "=x");
    refuses("container.env[\"A B\"]: value: \"A B\"", "-e", "A B=1");
    refuses("--env-file: /no/such: no such file", "--env-file", "/no/such");
    refuses("-m: value: \"lots\" (expected: an amount of memory", "-m", "lots");
    refuses("resources.memory_bytes: value: 1024", "-m", "1k");
    refuses("--cpus: value: \"1e999\"", "--cpus", "1e999");
    refuses("--restart: value: \"sometimes\"", "--restart", "sometimes");
    refuses("--restart: value: \"always:3\"", "--restart", "always:3");
    refuses("--label: value: \"x\" (expected: KEY=VALUE)", "-l", "x");
    refuses("--pull: value: \"now\"", "--pull", "now");
    refuses("--stop-timeout: value: \"soon\"", "--stop-timeout", "soon");
    refuses("stop_grace: value: 2h", "--stop-timeout", "2h");
    refuses("replicas: value: -1 (expected: 0 to 10000)", "--replicas", "-1");
    refuses("--type: value: \"cron\" (expected: service or batch)", "--type", "cron");
  }

  @Test
  void publishesOneTargetTwiceUnderTwoNames() {
    WorkloadSpec spec = spec(true, "-p", "8080:80", "-p", "8081:80");
    assertEquals("", spec.getPorts(0).getName());
    assertEquals("80-2", spec.getPorts(1).getName());
  }

  @Test
  void makesUpNamesThatAreGood() {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    for (String image :
        List.of(
            "demo",
            "berth/demo:2.1",
            "host:5000/Team/SHOP_x@sha256:00",
            "a".repeat(200),
            "___",
            "x/..")) {
      String name = GeneratedName.of(image, random);
      assertEquals(null, Names.workloadProblem(name), name);
    }
    assertTrue(GeneratedName.of("berth/demo:1", random).startsWith("demo-"));
  }

  private static void refuses(String beginning, String... options) {
    FailureException refused =
        assertThrows(FailureException.class, () -> spec(true, options), beginning);
    assertEquals(2, refused.exitCode());
    assertTrue(String.valueOf(refused.getMessage()).startsWith(beginning), refused.getMessage());
  }

  private static WorkloadSpec spec(boolean behind, String... arguments) {
    RunOptions options = new RunOptions();
    CommandLine.populateCommand(options, arguments);
    return RunSpec.of(options, "demo", List.of("serve", "-x"), behind, Map.of("HOME", "/home/me"));
  }

  private static PortSpec port(int target, int publish, PortProtocol protocol, String address) {
    return PortSpec.newBuilder()
        .setTarget(target)
        .setPublish(publish)
        .setProtocol(protocol)
        .setHostAddress(address)
        .build();
  }
}
