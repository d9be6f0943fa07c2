package dev.berth.client.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.v1.ProcessIsolation;
import dev.berth.v1.ProcessLimit;
import dev.berth.v1.ProcessSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class StackProcessTest {
  private static StackFile read(String text) throws StackException {
    return StackFile.read("process.yaml", text.getBytes(StandardCharsets.UTF_8));
  }

  private static String refusal(String process) {
    String text = "stack: s\nworkloads:\n  w:\n    process: " + process + "\n";
    return String.valueOf(assertThrows(StackException.class, () -> read(text)).getMessage());
  }

  @Test
  void readsAllFieldsOfAProcess() throws StackException {
    StackFile file =
        read(
            """
            stack: shop
            workloads:
              probe:
                process:
                  command: ["/usr/bin/node-probe", --every, 5]
                  env: {LEVEL: debug}
                  workingDir: /var/lib/probe
                  user: nobody
                  umask: "0027"
                  limits: {nofile: {soft: 1024, hard: 4096}, core: {soft: 0}}
                  isolation: namespaces
                  noNewPrivileges: true
                  dropCapabilities: [net_raw]
                  maxProcesses: 64
                resources: {cpu: 500m, memory: 128Mi}
                ports: {http: {target: 8080}}
            """);
    assertEquals(
        ProcessSpec.newBuilder()
            .addAllCommand(List.of("/usr/bin/node-probe", "--every", "5"))
            .putEnv("LEVEL", "debug")
            .setWorkingDir("/var/lib/probe")
            .setUser("nobody")
            .setUmask("0027")
            .addLimits(ProcessLimit.newBuilder().setName("nofile").setSoft(1024).setHard(4096))
            .addLimits(ProcessLimit.newBuilder().setName("core").setSoft(0))
            .setIsolation(ProcessIsolation.PROCESS_ISOLATION_NAMESPACES)
            .setNoNewPrivileges(true)
            .addDropCapabilities("net_raw")
            .setMaxProcesses(64)
            .build(),
        file.workloads().getFirst().spec().getProcess());
  }

  @Test
  void saysWhereAMistakeIs() {
    assertTrue(refusal("{user: nobody}").contains("missing the field \"command\""));
    assertTrue(refusal("{image: x, command: [y]}").contains("a process has none"));
    assertTrue(
        refusal("{command: [bin/x]}")
            .contains("4:25: workloads.w.process.command[0]: value: \"bin/x\""));
    String limit = refusal("{command: [x], limits: {nofiles: {soft: 1}}}");
    assertTrue(limit.contains("workloads.w.process.limits.nofiles"), limit);
    assertTrue(limit.contains("value: \"nofiles\" (expected: as, core"), limit);
  }
}
