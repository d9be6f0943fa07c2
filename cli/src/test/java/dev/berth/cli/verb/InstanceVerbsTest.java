package dev.berth.cli.verb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.Samples;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.KillInstanceRequest;
import dev.berth.v1.ListProcessesRequest;
import dev.berth.v1.ListProcessesResponse;
import dev.berth.v1.PortBinding;
import dev.berth.v1.PortProtocol;
import dev.berth.v1.ProcessRow;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `kill`, `top` and `port`.
@Timeout(120)
class InstanceVerbsTest {
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    berth = new Berth(cluster.environment());
    cluster.workloads().put(Samples.workload("web"));
    for (int slot = 1; slot <= 2; slot++) {
      cluster
          .instances()
          .put(
              Samples.running("web", slot).toBuilder()
                  .setId(Integer.toString(slot).repeat(32))
                  .build());
    }
    cluster
        .instances()
        .put(
            Samples.instance("web", 3, InstanceState.INSTANCE_STATE_FAILED)
                .setId("3".repeat(32))
                .build());
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  private List<KillInstanceRequest> kills() {
    return cluster.requests(KillInstanceRequest.class);
  }

  @Test
  void killsASlotByDefaultWithKill() {
    assertEquals(new Berth.Result(0, "web.2\n", ""), berth.run("kill", "web.2"));
    assertEquals("2".repeat(32), kills().getFirst().getInstance());
    assertEquals("KILL", kills().getFirst().getSignal());
  }

  @Test
  void killsWhatIsBeingStopped() {
    cluster
        .instances()
        .put(
            Samples.instance("web", 4, InstanceState.INSTANCE_STATE_STOPPING)
                .setId("4".repeat(32))
                .build());
    assertEquals(new Berth.Result(0, "web.4\n", ""), berth.run("kill", "web.4"));
  }

  @Test
  void sendsOtherSignalsToAllThatRunOfAWorkload() {
    assertEquals(new Berth.Result(0, "web\n", ""), berth.run("kill", "-s", "hup", "web"));
    assertEquals(
        List.of("1".repeat(32), "2".repeat(32)),
        kills().stream().map(KillInstanceRequest::getInstance).sorted().toList());
    assertEquals("hup", kills().getFirst().getSignal());
  }

  @Test
  void saysWhatDoesNotRunAndWhatIsNoSignal() {
    Berth.Result ended = berth.run("kill", "web.3", "web.1");
    assertEquals(1, ended.exitCode());
    assertEquals("web.1\n", ended.out());
    assertEquals("berth: web.3: it does not run; see `berth ps -a web`\n", ended.err());
    Berth.Result wrong = berth.run("kill", "--signal", "NOPE", "web.1");
    assertEquals(2, wrong.exitCode());
    assertTrue(wrong.err().contains("--signal: value: \"NOPE\""), wrong.err());
    assertEquals(1, kills().size());
  }

  @Test
  void showsProcessesOfAllMessagesAsOneTable() {
    cluster
        .instances()
        .processes(
            ListProcessesResponse.newBuilder()
                .addTitles("PID")
                .addTitles("CMD")
                .addRows(ProcessRow.newBuilder().addCells("17").addCells("demo \u001b[31m"))
                .build(),
            ListProcessesResponse.newBuilder()
                .addRows(ProcessRow.newBuilder().addCells("180").addCells("sleep 9"))
                .build());
    Berth.Result result = berth.run("top", "web.1");
    assertEquals(0, result.exitCode(), result.err());
    assertEquals("PID   CMD\n17    demo \\u{1b}[31m\n180   sleep 9\n", result.out());
    assertEquals(0, cluster.requests(ListProcessesRequest.class).getFirst().getPsOptionsCount());
  }

  @Test
  void handsOptionsBehindTheNameToPs() {
    cluster.instances().processes(ListProcessesResponse.newBuilder().addTitles("PID").build());
    assertEquals(0, berth.run("top", "web.1", "-o", "pid,args", "--no-trunc").exitCode());
    assertEquals(
        List.of("-o", "pid,args", "--no-trunc"),
        cluster.requests(ListProcessesRequest.class).getFirst().getPsOptionsList());
    Berth.Result several = berth.run("top", "web");
    assertEquals(2, several.exitCode());
    assertTrue(several.err().contains("3 slots"), several.err());
  }

  @Test
  void saysWherePortsAre() {
    Instance.Builder both = Samples.running("web", 1).toBuilder().setId("1".repeat(32));
    both.addPorts(
        PortBinding.newBuilder()
            .setTarget(53)
            .setHostPort(5353)
            .setHostAddress("::1")
            .setProtocol(PortProtocol.PORT_PROTOCOL_UDP));
    cluster.instances().put(both.build());
    assertEquals(
        new Berth.Result(0, "80/tcp -> 0.0.0.0:20001\n53/udp -> [::1]:5353\n", ""),
        berth.run("port", "web.1"));
    assertEquals("0.0.0.0:20001\n", berth.run("port", "web.1", "80").out());
    assertEquals("[::1]:5353\n", berth.run("port", "web.1", "53/udp").out());
    Berth.Result none = berth.run("port", "web.1", "53");
    assertEquals(1, none.exitCode());
    assertTrue(none.err().startsWith("berth: web.1 has no port 53"), none.err());
    assertEquals(2, berth.run("port", "web.1", "http").exitCode());
  }
}
