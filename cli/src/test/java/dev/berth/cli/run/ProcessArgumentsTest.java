package dev.berth.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.term.FailureException;
import dev.berth.v1.ArtifactUnpack;
import dev.berth.v1.ProcessArtifact;
import dev.berth.v1.ProcessIsolation;
import dev.berth.v1.ProcessLimit;
import dev.berth.v1.ProcessSpec;
import dev.berth.v1.Resources;
import dev.berth.v1.WorkloadSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
    assertTrue(refusal("--kind=process", "--isolation=all").contains("namespaces or rootfs"));
  }

  @Test
  void whatOnlyAProcessHasIsNotLeftOutOfOthers() {
    assertTrue(refusal("--cap-drop=all").contains("--cap-drop: only for --kind process"));
    assertTrue(refusal("--kind=vm", "--umask=0").contains("--umask: only for --kind process"));
  }

  @Test
  void filesAreReadWhereTheCommandRuns(@TempDir Path directory) throws IOException {
    Path text = Files.writeString(directory.resolve("a=b"), "x");
    Path script = Files.writeString(directory.resolve("s"), "y");
    assertTrue(script.toFile().setExecutable(true));
    ProcessSpec process =
        spec("--kind=process", "--file=etc/a=" + text, "--file=s=" + script, "--file=c:600=" + text)
            .getProcess();
    assertEquals(
        List.of("etc/a  x", "s 0755 y", "c 600 x"),
        process.getFilesList().stream()
            .map(
                each ->
                    each.getPath() + " " + each.getMode() + " " + each.getContent().toStringUtf8())
            .toList());
    assertTrue(refusal("--kind=process", "--file=a=/no/such").contains("/no/such: no such file"));
    assertTrue(refusal("--kind=process", "--file=a").contains("PATH[:MODE]=FILE"));
    assertTrue(refusal("--kind=process", "--file=/a=" + text).contains("a relative path"));
    Path large = Files.write(directory.resolve("large"), new byte[(256 << 10) + 1]);
    assertTrue(refusal("--kind=process", "--file=a=" + large).contains("as an --artifact"));
  }

  @Test
  void anArtifactIsAUrlWithItsDigestBehind() {
    String digest = "ab".repeat(32);
    ProcessArtifact.Builder tgz =
        ProcessArtifact.newBuilder()
            .setUrl("https://example.org/app-1.2.tgz?v=1,2")
            .setSha256(digest)
            .setUnpack(ArtifactUnpack.ARTIFACT_UNPACK_TAR_GZ);
    ProcessArtifact.Builder file =
        ProcessArtifact.newBuilder()
            .setUrl("file:///srv/tool")
            .setSha256(digest)
            .setPath("tool")
            .setExecutable(true);
    assertEquals(
        List.of(
            tgz.build(),
            tgz.setPath("lib").setUnpack(ArtifactUnpack.ARTIFACT_UNPACK_ZIP).build(),
            file.build()),
        spec(
                "--kind=process",
                "--artifact=https://example.org/app-1.2.tgz?v=1,2#sha256=" + digest + ",unpack",
                "--artifact=https://example.org/app-1.2.tgz?v=1,2#path=lib,unpack=zip,sha256="
                    + digest,
                "--artifact=file:///srv/tool#executable,sha256=" + digest)
            .getProcess()
            .getArtifactsList());
    assertTrue(refusal("--kind=process", "--artifact=https://x/y").contains("URL#sha256=DIGEST"));
    assertTrue(refusal("--kind=process", "--artifact=https://x/y#path=z").contains("sha256sum"));
    assertTrue(
        refusal("--kind=process", "--artifact=https://x/y.rar#sha256=" + digest + ",unpack")
            .contains("=tar, =tar.gz or =zip"));
    assertTrue(
        refusal("--kind=process", "--artifact=ftp://x/y#sha256=" + digest)
            .contains("an http, https or file URL"));
    assertTrue(refusal("--artifact=x").contains("--artifact: only for --kind process"));
  }

  @Test
  void aRootFileSystemIsADirectoryOrAnImageAndMeansItsIsolation() {
    ProcessSpec directory = spec("--kind=process", "--rootfs=/srv/root").getProcess();
    assertEquals("/srv/root", directory.getRoot().getDirectory());
    assertEquals(ProcessIsolation.PROCESS_ISOLATION_ROOTFS, directory.getIsolation());
    ProcessSpec image =
        spec("--kind=process", "--isolation=rootfs", "--rootfs-image=r.example/a:1").getProcess();
    assertEquals("r.example/a:1", image.getRoot().getImage());
    assertEquals(ProcessIsolation.PROCESS_ISOLATION_ROOTFS, image.getIsolation());
    assertTrue(refusal("--kind=process", "--rootfs=/a", "--rootfs-image=b").contains("only one"));
    assertTrue(refusal("--rootfs=/a").contains("--rootfs"));
  }
}
