package dev.berth.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.v1.LostPolicy;
import dev.berth.v1.Mount;
import dev.berth.v1.PortSpec;
import dev.berth.v1.ProcessIsolation;
import dev.berth.v1.ProcessLimit;
import dev.berth.v1.ProcessSpec;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ProcessRulesTest {
  private static WorkloadSpec.Builder good() {
    return WorkloadSpec.newBuilder()
        .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
        .setReplicas(1)
        .setProcess(ProcessSpec.newBuilder().addCommand("/bin/serve").addCommand("../any thing"));
  }

  private static void refusesSpec(Consumer<WorkloadSpec.Builder> change, String... problems) {
    WorkloadSpec.Builder spec = good();
    change.accept(spec);
    assertEquals(
        List.of(problems),
        SpecValidator.validate(spec.build()).stream().map(Violation::toString).toList());
  }

  private static void refuses(Consumer<ProcessSpec.Builder> change, String... problems) {
    refusesSpec(spec -> change.accept(spec.getProcessBuilder()), problems);
  }

  @Test
  void acceptsAPlainProgramWithAndWithoutItsDefaults() {
    refuses(process -> {});
    refuses(process -> process.setCommand(0, "serve").setWorkingDir("/").setUser("1000:www"));
    WorkloadSpec filled = WorkloadDefaults.fill(good().build());
    assertEquals(List.of(), SpecValidator.validate(filled));
    assertEquals(filled, WorkloadDefaults.fill(filled));
    assertEquals(Durations.toProto(Duration.ofSeconds(5)), filled.getStopGrace());
    assertEquals(LostPolicy.LOST_POLICY_REPLACE, filled.getLostPolicy());
    assertEquals(ProcessIsolation.PROCESS_ISOLATION_NONE, filled.getProcess().getIsolation());
    assertEquals(100, WorkloadDefaults.requested(filled).getCpuMillis());
    assertEquals(64L << 20, WorkloadDefaults.requested(filled).getMemoryBytes());
  }

  @Test
  void aCommandIsAProgramOfTheNode() {
    refuses(
        ProcessSpec.Builder::clearCommand,
        "process.command: missing (expected: the program and its arguments)");
    refuses(
        process -> process.setCommand(0, "bin/serve"),
        "process.command[0]: value: \"bin/serve\" (expected: an absolute path, or a name to look"
            + " for in PATH)");
    refuses(
        process -> process.setCommand(0, "/bin/../etc/x"),
        "process.command[0]: value: \"/bin/../etc/x\" (expected: a path without \"..\", \".\","
            + " \"//\" and a slash at the end)");
    refuses(
        process -> process.setCommand(1, "a\0b"),
        "process.command[1]: value: \"a\\u{0}b\" (expected: no NUL character)");
    refuses(
        process -> process.setCommand(1, "x".repeat(1 << 20)),
        "process.command: size: 1048586 bytes (expected: at most 65536)");
    refuses(
        process -> process.addAllCommand(Collections.nCopies(2000, "x")),
        "process.command: count: 2002 (expected: at most 1024 words)");
  }

  @Test
  void theEnvironmentIsTheProgramsAndBerthsNamesAreItsOwn() {
    refuses(
        process -> process.putEnv("A", "x\0y"),
        "process.env[\"A\"]: value: \"x\\u{0}y\" (expected: no NUL character)");
    refuses(
        process -> process.putEnv("BERTH_PORT_80", "1"),
        "process.env: value: \"BERTH_PORT_80\" (expected: a name that does not begin with"
            + " BERTH_)");
    refuses(
        process -> process.setWorkingDir("tmp"),
        "process.working_dir: value: \"tmp\" (expected: an absolute path)");
    refuses(
        process -> process.setUser("a b"),
        "process.user: value: \"a b\" (expected: a name, a uid or uid:gid)");
    refuses(
        process -> process.setUmask("8"),
        "process.umask: value: \"8\" (expected: 1 to 4 octal digits such as 0027)");
  }

  @Test
  void confinementIsSpelledOut() {
    refuses(
        process -> process.addLimits(ProcessLimit.newBuilder().setName("files")),
        "process.limits[0].name: value: \"files\" (expected: as, core, cpu, data, fsize, locks,"
            + " memlock, msgqueue, nice, nofile, nproc, rss, rtprio, rttime, sigpending, stack)");
    refuses(
        process ->
            process
                .addLimits(ProcessLimit.newBuilder().setName("core").setSoft(2).setHard(1))
                .addLimits(ProcessLimit.newBuilder().setName("core").setHard(1)),
        "process.limits[0].soft: value: \"2\" (expected: at most the hard limit, 1)",
        "process.limits[1].name: value: \"core\" (expected: a limit given once)",
        "process.limits[1].soft: value: \"unlimited\" (expected: at most the hard limit, 1)");
    refuses(
        process -> process.addDropCapabilities("CAP_SYS_ADMIN"),
        "process.drop_capabilities[0]: value: \"CAP_SYS_ADMIN\" (expected: all, or a name as"
            + " net_raw)");
    refuses(
        process -> process.setIsolationValue(9),
        "process.isolation: value: \"9\" (expected: none or namespaces)");
    refuses(
        process -> process.setMaxProcesses(-1),
        "process.max_processes: value: -1 (expected: 0 to 4194304)");
  }

  @Test
  void nothingStandsBetweenAProcessAndTheNode() {
    refusesSpec(
        spec -> spec.addMounts(Mount.newBuilder().setTarget("/in").setVolume("v")),
        "mounts: not for processes (expected: none; they see the node's own files)");
    refusesSpec(
        spec ->
            spec.addPorts(PortSpec.newBuilder().setTarget(80).setPublish(80))
                .addPorts(PortSpec.newBuilder().setTarget(81))
                .addPorts(PortSpec.newBuilder().setTarget(82).setPublish(8082)),
        "ports[2].publish: value: 8082 (expected: 82 as its target, or 0: a process listens on the"
            + " node's port itself, and nothing stands between)");
    refusesSpec(
        spec -> spec.addPorts(PortSpec.newBuilder().setTarget(80).setHostAddress("127.0.0.1")),
        "ports[0].host_address: not for processes (expected: none; the program itself chooses"
            + " where it listens)");
    refusesSpec(
        spec -> spec.setLostPolicy(LostPolicy.LOST_POLICY_FENCE),
        "lost_policy: value: fence (expected: replace or hold, for processes)");
  }
}
