package dev.berth.cli.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Timestamps;
import dev.berth.cli.testing.Berth;
import dev.berth.cli.testing.FakeCluster;
import dev.berth.cli.testing.Samples;
import dev.berth.v1.InstanceState;
import dev.berth.v1.UsageSample;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class StatsCommandTest {
  private FakeCluster cluster;
  private Berth berth;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException, GeneralSecurityException {
    cluster = new FakeCluster(directory);
    berth = new Berth(cluster.environment());
    cluster.workloads().put(Samples.workload("web"));
    cluster.nodes().put(Samples.node("alpha"));
    for (int slot = 1; slot <= 3; slot++) {
      cluster.instances().put(Samples.running("web", slot).toBuilder().setId(id(slot)).build());
    }
    cluster
        .instances()
        .put(Samples.instance("web", 4, InstanceState.INSTANCE_STATE_FAILED).setId(id(4)).build());
    cluster.instances().use(id(1), sample(10, 0, 64 << 20), sample(11, 250, 64 << 20));
    cluster.instances().use(id(2), sample(10, 0, 128 << 20), sample(12, 3_000, 128 << 20));
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
  }

  private static String id(int slot) {
    return Integer.toString(slot).repeat(32);
  }

  private static UsageSample sample(long second, long cpuMillis, long memory) {
    return UsageSample.newBuilder()
        .setTime(Timestamps.fromSeconds(second))
        .setCpuNanos(cpuMillis * 1_000_000)
        .setMemoryBytes(memory)
        .setMemoryLimitBytes(256 << 20)
        .setNetworkReceivedBytes(2048)
        .setNetworkSentBytes(0)
        .setPids(3)
        .build();
  }

  @Test
  void showsOnceWhatAllThatRunsUses() {
    cluster.instances().use(id(3), sample(1, 5, 1 << 20), UsageSample.newBuilder().build());
    Berth.Result result = berth.run("stats", "--no-stream");
    assertEquals(0, result.exitCode(), result.err());
    List<String> lines = result.lines();
    assertEquals(4, lines.size(), result.out());
    assertTrue(
        lines
            .get(0)
            .matches("SLOT +ID +NODE +CPU % +MEM USAGE / LIMIT +MEM % +NET I/O +BLOCK I/O +PIDS"),
        lines.get(0));
    assertTrue(
        lines
            .get(1)
            .matches(
                "web\\.1 +111111111111 +alpha +25\\.00% +64Mi / 256Mi +25\\.00% +2Ki / 0B +- +3"),
        lines.get(1));
    // What its runtime does not tell is not made up; the node's memory is the limit.
    assertTrue(
        lines.get(3).matches("web\\.3 +333333333333 +alpha +- +- / 4Gi +- +- +- +-"), lines.get(3));
  }

  @Test
  void ordersTheLargestFirstAndNamesSlots() {
    List<String> lines =
        berth.run("stats", "--no-stream", "--sort", "cpu", "web.1", "web.2").lines();
    assertEquals(3, lines.size(), "" + lines);
    assertTrue(lines.get(1).matches("web\\.2 .*150\\.00%.*"), lines.get(1));
    assertTrue(lines.get(2).startsWith("web.1"), lines.get(2));
    Berth.Result wrong = berth.run("stats", "--sort", "size");
    assertEquals(2, wrong.exitCode());
    assertTrue(wrong.err().contains("name, cpu, memory, net, io, pids"), wrong.err());
  }

  @Test
  void saysOfWhichNobodyTellsAndEndsWithOne() {
    Berth.Result result = berth.run("stats", "--no-stream", "web.3");
    assertEquals(1, result.exitCode());
    assertEquals("berth: web.3: nobody measures it\n", result.err());
    assertTrue(result.lines().get(1).matches("web\\.3 .* - +- +- +- +- +-"), result.out());
    // All of what is named has ended: it does not wait for more.
    assertEquals(1, berth.run("stats", "web.3").exitCode());
  }

  @Test
  void showsWhatDoesNotRunOnlyWhenAsked() {
    assertFalse(berth.run("stats", "--no-stream").out().contains("web.4"));
    assertTrue(berth.run("stats", "--no-stream", "-a").out().contains("web.4"));
  }

  @Test
  void writesALineOfJsonForEach() throws Exception {
    Berth.Result result = berth.run("stats", "--no-stream", "--format", "json", "web.1");
    assertEquals(1, result.lines().size(), result.out());
    Struct.Builder parsed = Struct.newBuilder();
    JsonFormat.parser().merge(result.out(), parsed);
    assertEquals("web.1", parsed.getFieldsOrThrow("name").getStringValue());
    assertEquals(25.0, parsed.getFieldsOrThrow("cpuPercent").getNumberValue());
    Struct usage = parsed.getFieldsOrThrow("usage").getStructValue();
    assertEquals("3", usage.getFieldsOrThrow("pids").getStringValue());
    Berth.Result template = berth.run("stats", "--format", "{{.Name}}");
    assertEquals(2, template.exitCode());
    assertTrue(template.err().startsWith("berth: --format: templates are not read"));
  }

  @Test
  void aCounterThatBeganAnewIsNoPercentage() {
    assertTrue(Reading.of(sample(10, 500, 1), sample(11, 3, 1), 0).cpuPercent().isEmpty());
    assertTrue(Reading.of(null, sample(11, 3, 1), 0).cpuPercent().isEmpty());
  }
}
