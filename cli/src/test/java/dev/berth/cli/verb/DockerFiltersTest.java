package dev.berth.cli.verb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.util.Timestamps;
import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.Samples;
import dev.berth.v1.Event;
import dev.berth.v1.EventSeverity;
import dev.berth.v1.Instance;
import dev.berth.v1.InstanceState;
import dev.berth.v1.Kind;
import dev.berth.v1.StreamLogsRequest;
import dev.berth.v1.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Docker's filters and times.
@Timeout(120)
class DockerFiltersTest {
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    berth = new Berth(cluster.environment());
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  private void fill() {
    Workload.Builder web = Samples.workload("web").toBuilder();
    web.getSpecBuilder().putLabels("tier", "front").putLabels("team", "a");
    cluster.workloads().put(web.build());
    cluster.workloads().put(Samples.workload("api"));
    cluster.instances().put(Samples.running("web", 1).toBuilder().setId("a".repeat(32)).build());
    Instance.Builder paused = Samples.running("web", 2).toBuilder().setId("b".repeat(32));
    paused.getStatusBuilder().setPaused(true);
    cluster.instances().put(paused.build());
    Instance.Builder again = Samples.running("api", 1).toBuilder().setId("c".repeat(32));
    again.setKind(Kind.KIND_PROCESS).setImage("/bin/api").setNode("beta");
    again.getStatusBuilder().setNextRestartTime(Samples.ago(-9)).setExitCode(1).clearHealth();
    cluster.instances().put(again.build());
    Instance.Builder ended = Samples.instance("api", 2, InstanceState.INSTANCE_STATE_FAILED);
    ended.setId("d".repeat(32)).setCreateTime(Samples.ago(5)).setImage("shop:2.1");
    ended.getStatusBuilder().setExitCode(137);
    cluster.instances().put(ended.build());
  }

  private String names(String... filters) {
    String[] words = new String[3 + 2 * filters.length];
    words[0] = "ps";
    words[1] = "--format";
    words[2] = "name";
    for (int i = 0; i < filters.length; i++) {
      words[3 + 2 * i] = "-f";
      words[4 + 2 * i] = filters[i];
    }
    Berth.Result result = berth.run(words);
    assertEquals(0, result.exitCode(), result.err());
    return String.join(" ", result.lines());
  }

  @Test
  void instancesAreFilteredAsWithDocker() {
    fill();
    assertEquals("web.1", names("status=running"));
    assertEquals("web.2", names("status=paused"));
    assertEquals("api.1", names("status=restarting"));
    assertEquals("api.2", names("status=exited"));
    assertEquals("api.2", names("exited=137"));
    assertEquals("web.1 web.2", names("name=we"));
    assertEquals("web.2", names("id=bbb"));
    assertEquals("web.1 web.2", names("label=tier"));
    assertEquals("web.1 web.2", names("label=tier=front"));
    assertEquals("", names("label=tier=back"));
    assertEquals("api.1", names("node=beta"));
    assertEquals("api.1", names("kind=process"));
    assertEquals("api.1", names("health=none"));
    assertEquals("web.1 web.2", names("health=healthy"));
    assertEquals("web.1 web.2", names("ancestor=berth/demo"));
    assertEquals("api.2", names("ancestor=shop", "status=exited"));
    // Several values of a key mean any, several keys all.
    assertEquals("web.1 web.2", names("status=running", "status=paused"));
    assertEquals("web.2", names("status=running", "status=paused", "id=b"));
    assertEquals(2, berth.run("ps", "-f", "before=web.1").exitCode());
  }

  @Test
  void theLastOnesAreThoseMadeLastWhateverTheirState() {
    fill();
    assertEquals("api.2\n", berth.run("ps", "-l", "-o", "name").out());
    assertEquals(3, berth.run("ps", "--last", "3", "-q").lines().size());
    assertEquals("d".repeat(12), berth.run("ps", "--last", "3", "-q").lines().getFirst());
    assertEquals(2, berth.run("ps", "--last", "0").exitCode());
  }

  private void event(String time, String reason, String slot) throws ParseException {
    cluster
        .events()
        .add(
            Event.newBuilder()
                .setTime(Timestamps.parse(time))
                .setReason(reason)
                .setSeverity(EventSeverity.EVENT_SEVERITY_WARNING)
                .setNamespace("default")
                .setWorkload(slot.substring(0, slot.indexOf('.')))
                .setSlot(slot)
                .setInstance("a".repeat(32))
                .build());
  }

  private long events(String... words) {
    String[] line = new String[words.length + 1];
    line[0] = "events";
    System.arraycopy(words, 0, line, 1, words.length);
    Berth.Result result = berth.run(line);
    assertEquals(0, result.exitCode(), result.err());
    return result.lines().size();
  }

  @Test
  void eventsEndAtATimeAndAreFiltered() throws ParseException {
    event("2026-01-01T10:00:00Z", "Running", "web.1");
    event("2026-01-01T11:00:00Z", "Failed", "web.1");
    event("2026-01-01T12:00:00Z", "Running", "api.2");
    assertEquals(3, events());
    assertEquals(2, events("--until", "2026-01-01T11:00:00Z"));
    // Nothing that is still to come is before that time: it does not follow.
    assertEquals(2, events("-f", "--until", "2026-01-01T11:30:00Z"));
    assertEquals(2, events("--filter", "event=running"));
    assertEquals(1, events("--filter", "event=running", "--filter", "container=web"));
    assertEquals(2, events("--filter", "container=web.1"));
    assertEquals(3, events("--filter", "instance=aaaa", "--filter", "severity=warning"));
    assertEquals(2, berth.run("events", "--filter", "image=x").exitCode());
    assertTrue(berth.run("events", "--until", "noon").err().contains("--until: value"));
  }

  @Test
  void followedEventsEndWhenTheTimeHasCome() throws ParseException {
    event("2026-01-01T10:00:00Z", "Running", "web.1");
    String soon = Timestamps.toString(Timestamps.fromMillis(System.currentTimeMillis() + 700));
    assertEquals(1, events("-f", "--until", soon));
  }

  @Test
  void outputUntilATimeIsAskedFor() throws ParseException {
    fill();
    assertEquals(0, berth.run("logs", "--until", "2026-01-01T10:00:00Z", "web.1").exitCode());
    StreamLogsRequest asked = cluster.requests(StreamLogsRequest.class).getFirst();
    assertEquals(Timestamps.parse("2026-01-01T10:00:00Z"), asked.getUntil());
    assertFalse(asked.hasSince());
    Berth.Result both = berth.run("logs", "-f", "--until", "1h", "web.1");
    assertEquals(2, both.exitCode());
    assertTrue(both.err().contains("exclude each other"), both.err());
  }

  @Test
  void templatesAreToldApartFromUnknownFormats() {
    fill();
    for (String[] line :
        new String[][] {
          {"ps", "--format", "{{.Names}}"},
          {"inspect", "-f", "{{.State}}", "web"},
          {"events", "--format", "{{.Time}}"},
          {"image", "ls", "--format", "{{.ID}}"},
        }) {
      Berth.Result result = berth.run(line);
      assertEquals(2, result.exitCode());
      assertTrue(result.err().startsWith("berth: --format: templates are not read"), result.err());
      assertTrue(result.err().contains("jq"), result.err());
    }
    assertTrue(berth.run("ps", "--format", "json").out().startsWith("{"));
    assertTrue(berth.run("inspect", "--format", "yaml", "web").out().startsWith("- "));
  }
}
