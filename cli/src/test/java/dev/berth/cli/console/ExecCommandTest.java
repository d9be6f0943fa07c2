package dev.berth.cli.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.FakeExec;
import dev.berth.cli.testing.Samples;
import dev.berth.v1.AttachRequest;
import dev.berth.v1.ExecRequest;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.OpenAttach;
import dev.berth.v1.OpenExec;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `berth exec` and `berth attach`.
@Timeout(120)
class ExecCommandTest {
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    berth = new Berth(cluster.environment());
    Samples.fill(cluster);
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  @Test
  void endsWithTheCommandsCode() {
    assertEquals(
        new Berth.Result(7, "sh -c exit 7\n", ""),
        berth.run("exec", "web.1", "sh", "-c", "exit", "7"));
  }

  @Test
  void givesTheCommandWhatWasSaidOfIt() {
    Berth.Result result =
        berth.run(
            "exec", "-u", "1000:5", "-w", "/tmp", "-e", "A=b", "--privileged", "web.2", "id", "-u");
    assertEquals(0, result.exitCode(), result.err());
    assertEquals(
        OpenExec.newBuilder()
            .setNamespace("default")
            .setInstance("web.2")
            .addCommand("id")
            .addCommand("-u")
            .putEnv("A", "b")
            .setUser("1000:5")
            .setWorkingDir("/tmp")
            .setPrivileged(true)
            .build(),
        cluster.requests(ExecRequest.class).getFirst().getOpen());
  }

  @Test
  void inputGoesThereAndBothOutputsComeBack() throws Exception {
    Berth.Result result = berth.reading("hello\n").run("exec", "-i", "web.1", "cat", "3");
    assertEquals(new Berth.Result(3, "cat 3\nhello\n", "hello\n"), result);
    assertEquals("hello\n", cluster.exec().heard());
    assertEquals(FakeExec.END, cluster.exec().heard());
  }

  @Test
  void withoutInteractiveNothingIsRead() {
    Berth.Result result = berth.reading("hello\n").run("exec", "web.1", "cat");
    assertEquals(new Berth.Result(0, "cat\n", ""), result);
  }

  @Test
  void saysWhyItBrokeOff() {
    cluster.exec().breakOff(Status.UNAVAILABLE.withDescription("the agent went away"));
    Berth.Result result = berth.reading("x").run("exec", "-i", "web.1", "cat");
    assertEquals(125, result.exitCode());
    assertEquals("berth: the command in web.1 broke off: the agent went away\n", result.err());
  }

  @Test
  void refusesWrongUsage() {
    assertEquals(2, berth.run("exec", "web.1").exitCode());
    assertEquals(2, berth.run("exec", "-d", "-i", "web.1", "cat").exitCode());
    assertEquals(2, berth.run("exec", "--detach-keys", "alt-x", "web.1", "cat").exitCode());
    assertEquals(2, berth.run("attach").exitCode());
    Berth.Result piped = berth.reading("x").run("exec", "-it", "web.1", "cat");
    assertEquals(2, piped.exitCode());
    assertTrue(piped.err().contains("the input is no terminal"), piped.err());
    Berth.Result several = berth.run("exec", "web", "true");
    assertEquals(2, several.exitCode());
    assertTrue(several.err().contains("web has 3 slots: say which one"), several.err());
    assertEquals(125, berth.run("exec", "nothing", "true").exitCode());
  }

  @Test
  void attachEndsWithTheProgramsCode() throws Exception {
    Instance.Builder ended = Samples.instance("web", 1, InstanceState.INSTANCE_STATE_FAILED);
    ended.getStatusBuilder().setExitCode(9);
    cluster.instances().put(ended.build());
    Berth.Result result = berth.reading("hi\n").run("attach", "web.1");
    assertEquals(new Berth.Result(9, FakeExec.GREETING, "hi\n"), result);
    assertEquals("hi\n", cluster.exec().heard());
  }

  @Test
  void attachGivesNoInputWhenAskedTo() {
    Berth.Result result = berth.reading("hi\n").run("attach", "--no-stdin", "web.1");
    assertEquals(FakeExec.GREETING, result.out());
    OpenAttach asked = cluster.requests(AttachRequest.class).getFirst().getOpen();
    assertEquals(
        OpenAttach.newBuilder().setNamespace("default").setInstance("web.1").build(), asked);
  }
}
