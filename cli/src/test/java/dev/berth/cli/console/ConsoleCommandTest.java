package dev.berth.cli.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.BerthCommand;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.FakeExec;
import dev.berth.cli.testing.Samples;
import dev.berth.v1.AttachConsoleRequest;
import dev.berth.v1.OpenConsole;
import dev.berth.v1.Workload;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ConsoleCommandTest {
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
  void sendsWhatIsPipedAndShowsWhatTheMachineSays() throws Exception {
    Berth.Result result = berth.reading("root\n").run("console", "web.1");
    assertEquals(
        new Berth.Result(0, FakeExec.GREETING + "root\n", "attached to web.1\nweb.1 has ended\n"),
        result);
    assertEquals("root\n", cluster.exec().heard());
    assertEquals(FakeExec.END, cluster.exec().heard());
  }

  @Test
  void aNodeThatIsAwayIsNotToldAsTheControllersFailure() {
    cluster
        .exec()
        .refuse(Status.UNAVAILABLE.withDescription("node n1 is not connected: repeat when it is"));
    assertEquals(
        new Berth.Result(1, "", "berth: node n1 is not connected: repeat when it is\n"),
        berth.reading("").run("console", "web.1"));
  }

  @Test
  void aPipeHasNoKeyThatLeaves() {
    Berth.Result result = berth.reading("a\u001db").run("console", "web.1");
    assertEquals(FakeExec.GREETING + "a\u001db", result.out());
  }

  @Test
  void writesRawBytesToATerminalToo() {
    Berth.Result result = berth.onTerminal(80).run("console", "web.1");
    assertEquals(FakeExec.GREETING, result.out());
  }

  @Test
  void sendsMuchInPiecesThatAreNotTooLarge() {
    String much = "0123456789abcdef".repeat(20_000);
    Berth.Result result = berth.reading(much).run("console", "web.1");
    assertEquals(0, result.exitCode(), result.err());
    assertTrue(result.out().equals(FakeExec.GREETING + much), "all of it comes back");
    for (AttachConsoleRequest each : cluster.requests(AttachConsoleRequest.class)) {
      assertTrue(each.getInput().size() <= 32 << 10, "piece of " + each.getInput().size());
    }
  }

  @Test
  void aWorkloadOfOneSlotNamesItsConsole() {
    Workload.Builder single = Samples.workload("guest").toBuilder();
    single.getSpecBuilder().setReplicas(1);
    cluster.workloads().put(single.build());
    assertEquals(0, berth.run("console", "--force", "guest").exitCode());
    OpenConsole asked = cluster.requests(AttachConsoleRequest.class).getFirst().getOpen();
    assertEquals(
        OpenConsole.newBuilder()
            .setNamespace("default")
            .setInstance("guest.1")
            .setForce(true)
            .build(),
        asked);
  }

  @Test
  void anIdNamesThatInstanceAndNoOther() {
    String id = Samples.running("web", 2).getId();
    assertEquals(0, berth.run("console", id).exitCode());
    OpenConsole asked = cluster.requests(AttachConsoleRequest.class).getFirst().getOpen();
    assertEquals(id, asked.getInstance());
    assertFalse(asked.getForce());
  }

  @Test
  void asksWhichSlotWhenThereAreSeveral() {
    Berth.Result result = berth.run("console", "web");
    assertEquals(2, result.exitCode());
    assertTrue(result.err().contains("web has 3 slots: say which one"), result.err());
  }

  @Test
  void saysWhyItCannotAttach() {
    cluster
        .calls()
        .refuse(
            Status.FAILED_PRECONDITION
                .withDescription("someone is attached to the console already")
                .asRuntimeException());
    Berth.Result result = berth.run("console", "web.1");
    assertEquals(
        new Berth.Result(1, "", "berth: someone is attached to the console already\n"), result);
  }

  @Test
  void saysWhyItBrokeOff() {
    cluster.exec().breakOff(Status.ABORTED.withDescription("someone else took the console over"));
    Berth.Result result = berth.reading("x").run("console", "web.1");
    assertEquals(1, result.exitCode());
    assertEquals(
        """
        attached to web.1
        berth: the console of web.1 broke off: someone else took the console over
        """,
        result.err());
  }

  @Test
  void leavesWhenNobodyReadsAnyMore() throws Exception {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    InputStream silent = new PipedInputStream(new PipedOutputStream());
    Terminal terminal =
        new Terminal(
            silent,
            new PrintStream(closed, true, StandardCharsets.UTF_8),
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            false,
            false,
            cluster.environment());
    assertEquals(141, new BerthCommand(terminal).run(List.of("console", "web.1")));
    assertEquals(FakeExec.LEFT, cluster.exec().heard());
  }

  @Test
  void refusesWrongUsage() {
    assertEquals(2, berth.run("console").exitCode());
    assertEquals(2, berth.run("console", "We\u202eb").exitCode());
    assertEquals(1, berth.run("console", "nothing").exitCode());
    assertTrue(berth.run("console", "--help").out().contains("Ctrl-] leaves"));
  }
}
