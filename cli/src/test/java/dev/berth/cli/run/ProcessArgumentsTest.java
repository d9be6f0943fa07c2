package dev.berth.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.term.FailureException;
import dev.berth.v1.ProcessIsolation;
import dev.berth.v1.ProcessLimit;
import dev.berth.v1.ProcessSpec;
import dev.berth.v1.Resources;
import dev.berth.v1.WorkloadSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ProcessArgumentsTest {
  private static WorkloadSpec spec(String... words) {
    RunOptions options = new RunOptions();
    new CommandLine(options).parseArgs(words);
    return RunSpec.of(options, "python3", List.of("-m", "x"), true, Map.of("OWN", "1"));
  }

  private static String refusal(String... words) {
    return String.valueOf(assertThrows(FailureException.class, () -> spec(words)).getMessage());
  }

  @Test
  void theCommandStandsInTheImagesPlace() {
    WorkloadSpec spec = spec("--kind=process", "-p", "8000:8000", "-m", "128m");
    assertEquals(
        ProcessSpec.newBuilder().addAllCommand(List.of("python3", "-m", "x")).build(),
        spec.getProcess());
    assertEquals(Resources.newBuilder().setMemoryBytes(128L << 20).build(), spec.getResources());
    assertEquals(8000, spec.getPorts(0).getPublish());
  }

  @Test
  void allOptionsOfAProcess() {
    assertEquals(
        ProcessSpec.newBuilder()
            .addAllCommand(List.of("python3", "-m", "x"))
            .putEnv("A", "b")
            .putEnv("OWN", "1")
            .setWorkingDir("/srv")
            .setUser("nobody")
            .setUmask("0077")
            .addLimits(ProcessLimit.newBuilder().setName("core"))
            .addLimits(ProcessLimit.newBuilder().setName("nofile").setSoft(10).setHard(20))
            .setIsolation(ProcessIsolation.PROCESS_ISOLATION_NAMESPACES)
            .setNoNewPrivileges(true)
            .addDropCapabilities("net_raw")
            .setMaxProcesses(9)
            .build(),
        spec(
                "--kind=process",
                "-e=A=b",
                "-e=OWN",
                "-w=/srv",
                "-u=nobody",
                "--umask=0077",
                "--ulimit=nofile=10:20",
                "--ulimit=core=unlimited",
                "--isolation=namespaces",
                "--no-new-privileges",
                "--cap-drop=CAP_NET_RAW",
                "--pids-limit=9")
            .getProcess());
  }

  @Test
  void whatAProcessCannotHaveIsSaid() {
    assertTrue(refusal("--kind=process", "--read-only").contains("--read-only: not for a process"));
    assertTrue(refusal("--kind=process", "-p", "80:8000").contains("nothing stands between"));
    assertTrue(refusal("--kind=process", "--ulimit=core=x").contains("--ulimit"));
    assertTrue(refusal("--kind=process", "--isolation=all").contains("none or namespaces"));
  }

  @Test
  void whatOnlyAProcessHasIsNotLeftOutOfOthers() {
    assertTrue(refusal("--cap-drop=all").contains("--cap-drop: only for --kind process"));
    assertTrue(refusal("--kind=vm", "--umask=0").contains("--umask: only for --kind process"));
  }
}
