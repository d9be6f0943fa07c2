package dev.berth.client.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.berth.v1.ArtifactUnpack;
import dev.berth.v1.ProcessArtifact;
import dev.berth.v1.ProcessFile;
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
  void readsWhatIsToBePlaced() throws StackException {
    String digest = "ab".repeat(32);
    StackFile file =
        read(
            """
            stack: shop
            workloads:
              app:
                process:
                  command: [./serve]
                  workingDir: app-1.2
                  files:
                    app-1.2/serve.conf: {content: "port=1\\n"}
                    run.sh: {content: exec true, mode: "0700"}
                  artifacts:
                    - {url: "https://example.org/app.tgz", sha256: %1$s, unpack: tar.gz}
                    - {url: "file:///srv/x", sha256: %1$s, path: bin/x, executable: true}
            """
                .formatted(digest));
    assertEquals(
        ProcessSpec.newBuilder()
            .addCommand("./serve")
            .setWorkingDir("app-1.2")
            .addFiles(
                ProcessFile.newBuilder()
                    .setPath("app-1.2/serve.conf")
                    .setContent(ByteString.copyFromUtf8("port=1\n")))
            .addFiles(
                ProcessFile.newBuilder()
                    .setPath("run.sh")
                    .setContent(ByteString.copyFromUtf8("exec true"))
                    .setMode("0700"))
            .addArtifacts(
                ProcessArtifact.newBuilder()
                    .setUrl("https://example.org/app.tgz")
                    .setSha256(digest)
                    .setUnpack(ArtifactUnpack.ARTIFACT_UNPACK_TAR_GZ))
            .addArtifacts(
                ProcessArtifact.newBuilder()
                    .setUrl("file:///srv/x")
                    .setSha256(digest)
                    .setPath("bin/x")
                    .setExecutable(true))
            .build(),
        file.workloads().getFirst().spec().getProcess());
    String outside = refusal("{command: [x], files: {../x: {content: y}}}");
    assertTrue(outside.contains("workloads.w.process.files.../x"), outside);
    assertTrue(outside.contains("value: \"../x\" (expected: a path without"), outside);
    assertTrue(
        refusal("{command: [x], artifacts: [{url: \"http://x/y\"}]}")
            .contains("missing the field \"sha256\""));
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

  @Test
  void aRootIsADirectoryOrAnImage() throws StackException {
    String text =
        "stack: s\nworkloads:\n  w:\n    process: {command: [x], isolation: rootfs, root: %s}\n";
    ProcessSpec directory =
        read(text.formatted("{directory: /srv/root}")).workloads().getFirst().spec().getProcess();
    assertEquals("/srv/root", directory.getRoot().getDirectory());
    assertEquals(ProcessIsolation.PROCESS_ISOLATION_ROOTFS, directory.getIsolation());
    ProcessSpec image =
        read(text.formatted("{image: \"r.example/a:1\"}"))
            .workloads()
            .getFirst()
            .spec()
            .getProcess();
    assertEquals("r.example/a:1", image.getRoot().getImage());
    assertTrue(
        refusal("{command: [x], isolation: rootfs, root: {}}").contains("exactly one is wanted"));
  }
}
