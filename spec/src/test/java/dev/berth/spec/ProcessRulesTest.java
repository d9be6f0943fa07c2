package dev.berth.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import dev.berth.v1.ArtifactUnpack;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.Mount;
import dev.berth.v1.PortSpec;
import dev.berth.v1.ProcessArtifact;
import dev.berth.v1.ProcessFile;
import dev.berth.v1.ProcessIsolation;
import dev.berth.v1.ProcessLimit;
import dev.berth.v1.ProcessRoot;
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
        "process.isolation: value: \"9\" (expected: none, namespaces or rootfs)");
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
    refusesSpec(spec -> spec.setLostPolicy(LostPolicy.LOST_POLICY_FENCE));
  }

  private static ProcessArtifact.Builder artifact(String url) {
    return ProcessArtifact.newBuilder().setUrl(url).setSha256("ab".repeat(32)).setPath("bin/x");
  }

  private static ProcessFile.Builder file(String path) {
    return ProcessFile.newBuilder().setPath(path);
  }

  @Test
  void whatIsPlacedHasADirectoryInWhichTheProgramStarts() {
    refuses(
        process ->
            process
                .setCommand(0, "./bin/x")
                .addArtifacts(artifact("https://example.org/x?v=1&w"))
                .addArtifacts(artifact("file:///srv/x%20y").setPath("y").setExecutable(true))
                .addArtifacts(
                    artifact("http://127.0.0.1:80/x.zip")
                        .clearPath()
                        .setUnpack(ArtifactUnpack.ARTIFACT_UNPACK_ZIP)));
    refuses(
        process ->
            process.addFiles(file("x").setMode("0755")).setCommand(0, "bin/x").setWorkingDir("a"));
    refuses(
        process -> process.addFiles(file("x")).setCommand(0, "./x").setWorkingDir("/srv"),
        "process.command[0]: value: \"./x\" (expected: an absolute path, or a name to look for in"
            + " PATH)");
    refuses(
        process -> process.addFiles(file("x")).setCommand(0, "./../x").setWorkingDir("../y"),
        "process.command[0]: value: \"../x\" (expected: a path without \"..\", \".\", \"//\" and"
            + " a slash at the end)",
        "process.working_dir: value: \"../y\" (expected: a path without \"..\", \".\", \"//\" and"
            + " a slash at the end)");
  }

  @Test
  void filesAreSmallAndStayInTheirDirectory() {
    refuses(
        process ->
            process
                .addFiles(file("/etc/x"))
                .addFiles(file("a/../../x").setMode("4755"))
                .addFiles(file("y"))
                .addFiles(file("y")),
        "process.files[0].path: value: \"/etc/x\" (expected: a relative path)",
        "process.files[1].path: value: \"a/../../x\" (expected: a path without \"..\", \".\","
            + " \"//\" and a slash at the end)",
        "process.files[1].mode: value: \"4755\" (expected: 3 octal digits such as 0755)",
        "process.files[3].path: value: \"y\" (expected: a path given once)");
    ByteString half = ByteString.copyFrom(new byte[140_000]);
    refuses(
        process ->
            process.addFiles(file("a").setContent(half)).addFiles(file("b").setContent(half)),
        "process.files: size: 280000 bytes (expected: at most 262144 together; make what is larger"
            + " an artifact)");
    refuses(
        process -> {
          for (int i = 0; i < 65; i++) {
            process.addFiles(file("f" + i));
          }
        },
        "process.files: count: 65 (expected: at most 64 files)");
  }

  @Test
  void anArtifactHasADigestAndAPlace() {
    String expected =
        " (expected: an http, https or file URL such as \"https://example.org/app.tar.gz\" or"
            + " \"file:///srv/app\", without user name and fragment)";
    for (String url :
        List.of(
            "ftp://x/y", "https://u:p@x/y", "https://x/y#z", "file://host/x", "file:///x?y", "x")) {
      refuses(
          process -> process.addArtifacts(artifact(url)),
          "process.artifacts[0].url: value: \"" + url + "\"" + expected);
    }
    refuses(
        process -> process.addArtifacts(artifact("http://x/y").clearPath().clearSha256()),
        "process.artifacts[0].sha256: value: \"\" (expected: 64 lower-case hexadecimal digits)",
        "process.artifacts[0].path: length: 0 (expected: 1 to 4096 characters)");
    refuses(
        process ->
            process
                .addFiles(file("bin/x"))
                .addArtifacts(artifact("http://x/y"))
                .addArtifacts(
                    artifact("http://x/y")
                        .setPath("../z")
                        .setUnpack(ArtifactUnpack.ARTIFACT_UNPACK_TAR)
                        .setExecutable(true))
                .addArtifacts(artifact("http://x/y").setPath("z").setUnpackValue(9)),
        "process.artifacts[0].path: value: \"bin/x\" (expected: a path given once)",
        "process.artifacts[1].path: value: \"../z\" (expected: a path without \"..\", \".\","
            + " \"//\" and a slash at the end)",
        "process.artifacts[1].executable: value: \"true\" (expected: false: an archive says it of"
            + " each of its files)",
        "process.artifacts[2].unpack: value: \"9\" (expected: none, tar, tar.gz or zip)");
  }

  @Test
  void aRootFileSystemIsADirectoryOrAnImageAndGoesWithItsIsolation() {
    refuses(process -> rooted(process).setRoot(ProcessRoot.newBuilder().setDirectory("/srv/root")));
    refuses(process -> rooted(process).setRoot(ProcessRoot.newBuilder().setImage("r.io/a/b:1")));
    refuses(
        process -> rooted(process).clearRoot(),
        "process.root: missing (expected: a directory or an image, with isolation rootfs)");
    refuses(
        process -> process.setRoot(ProcessRoot.newBuilder().setDirectory("/srv")),
        "process.root: not without isolation rootfs (expected: isolation: rootfs, or no root)");
    refuses(
        process -> rooted(process).setRoot(ProcessRoot.getDefaultInstance()),
        "process.root: not set (expected: directory or image)");
    refuses(
        process -> rooted(process).setRoot(ProcessRoot.newBuilder().setDirectory("/")),
        "process.root.directory: value: \"/\" (expected: a path below \"/\")");
    refuses(
        process -> rooted(process).setRoot(ProcessRoot.newBuilder().setDirectory("srv")),
        "process.root.directory: value: \"srv\" (expected: an absolute path)");
    refuses(
        process -> rooted(process).setRoot(ProcessRoot.newBuilder().setImage("busybox")),
        "process.root.image: value: \"busybox\" (expected: with the registry's host, such as"
            + " \"registry.example/team/disk:1\")");
    refuses(
        process -> rooted(process).putEnv("a.b", "c"),
        "process.env: value: \"a.b\" (expected: with isolation rootfs letters, digits and"
            + " underscores, and no name that a shell keeps for itself)");
    refuses(
        process -> rooted(process).putEnv("PWD", "/"),
        "process.env: value: \"PWD\" (expected: with isolation rootfs letters, digits and"
            + " underscores, and no name that a shell keeps for itself)");
  }

  private static ProcessSpec.Builder rooted(ProcessSpec.Builder process) {
    return process
        .setIsolation(ProcessIsolation.PROCESS_ISOLATION_ROOTFS)
        .setRoot(ProcessRoot.newBuilder().setDirectory("/srv/root"));
  }
}
