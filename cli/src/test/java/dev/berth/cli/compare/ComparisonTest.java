package dev.berth.cli.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.berth.v1.Kind;
import dev.berth.v1.UsageSample;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ComparisonTest {
  private static Round round(long createdMillis, long answeredMillis, UsageSample usage) {
    return new Round(
        List.of(
            new Round.Phase("placed", Duration.ofMillis(2)),
            new Round.Phase("created", Duration.ofMillis(createdMillis))),
        Duration.ofMillis(answeredMillis),
        usage,
        Optional.of(new Load(12_344, 0, "", 10)),
        Duration.ofMillis(300));
  }

  private static UsageSample memory(long bytes) {
    return UsageSample.newBuilder().setMemoryBytes(bytes).build();
  }

  private static Comparison comparison() {
    Map<Kind, Outcome> outcomes = new LinkedHashMap<>();
    outcomes.put(
        Kind.KIND_PROCESS,
        new Outcome.Measured(
            List.of(
                round(9, 40, memory(1 << 20)),
                round(7, 20, UsageSample.getDefaultInstance()),
                round(8, 4_000, memory(3 << 20)))));
    outcomes.put(
        Kind.KIND_CONTAINER, new Outcome.Measured(List.of(round(60, 400, memory(2 << 20)))));
    outcomes.put(Kind.KIND_VM, new Outcome.LeftOut("libvirt <is> not available"));
    return new Comparison(
        new Comparison.Setting("n1", "a host", "The demo", 3, "1 CPU", false), outcomes);
  }

  @Test
  void ofSeveralRoundsTheMiddleCountsAndTheWorstIsTold() {
    Figures figures = comparison().columns().getFirst().figures();
    assertEquals(Duration.ofMillis(40), figures.answered());
    assertEquals(Duration.ofSeconds(4), figures.answeredAtWorst());
    assertEquals(Duration.ofMillis(8), figures.phases().getLast().since());
    assertEquals(1 << 20, figures.memory().orElseThrow(), "of those that were measured");
    assertTrue(figures.guestMemory().isEmpty());
  }

  @Test
  void isATableAndAPictureInCharacters() {
    assertEquals(
        """
        The demo on n1: a host
        3 rounds each, with 1 CPU

        SINCE THE REQUEST    PROCESS   CONTAINER
        placed               0.002 s     0.002 s
        created              0.008 s     0.060 s
        answers (p50)        0.040 s     0.400 s
        answers (p95)        4.000 s     0.400 s
        stopped in           0.300 s     0.300 s
        memory of the node       1Mi         2Mi
        requests a second      1,234       1,234

        START
        process     ██                     0.040 s
        container   ████████████████████   0.400 s

        left out: vm (emulated): libvirt <is> not available
        """,
        new ComparisonText(52).of(comparison()));
  }

  @Test
  void isJsonForPrograms() {
    Struct json = ComparisonJson.of(comparison());
    List<Value> kinds = json.getFieldsOrThrow("kinds").getListValue().getValuesList();
    Struct process = kinds.getFirst().getStructValue();
    assertEquals(0.04, process.getFieldsOrThrow("answersP50Seconds").getNumberValue());
    assertEquals(3, process.getFieldsOrThrow("answersSeconds").getListValue().getValuesCount());
    assertFalse(process.containsFields("guestMemoryBytes"));
    assertEquals(
        "libvirt <is> not available",
        kinds.getLast().getStructValue().getFieldsOrThrow("leftOut").getStringValue());
  }

  @Test
  void isAPageThatLoadsAndRunsNothing() {
    String page = ComparisonPage.of(comparison());
    assertTrue(page.contains("libvirt &lt;is&gt; not available"), page);
    for (String foreign : List.of("<script", "http://", "https://", "src=", "@import", "url(")) {
      assertFalse(page.contains(foreign), foreign);
    }
    // Of the container, on one scale: 2 ms of 400 until it was placed.
    assertTrue(page.contains("width:0.500%"), page);
  }

  @Test
  void aStartThatFailedLeavesNothingToShowButTheReason() {
    Comparison nothing =
        new Comparison(
            comparison().setting(), Map.of(Kind.KIND_VM, new Outcome.LeftOut("no room")));
    String text = new ComparisonText(80).of(nothing);
    assertTrue(text.endsWith("\n\nleft out: vm (emulated): no room\n"), text);
    assertFalse(ComparisonPage.of(nothing).contains("<table>"));
  }

  @Test
  void whyThereIsNoRateOfRequestsIsSaidEverywhere() {
    Round good = round(9, 40, memory(1 << 20));
    Round failed =
        new Round(
            good.phases(),
            good.answered(),
            good.usage(),
            Optional.of(new Load(1_980, 21, "Connection <reset>", 2)),
            good.stopped());
    Comparison comparison =
        new Comparison(
            comparison().setting(),
            Map.of(Kind.KIND_CONTAINER, new Outcome.Measured(List.of(failed))));
    String why =
        "container: 21 of 2,001 requests failed, so there is no rate; the first: Connection"
            + " <reset>";
    assertTrue(new ComparisonText(200).of(comparison).contains("\n\n" + why + "\n"));
    String page = ComparisonPage.of(comparison);
    assertTrue(page.contains(why.replace("<", "&lt;").replace(">", "&gt;")), page);
    Struct json =
        ComparisonJson.of(comparison)
            .getFieldsOrThrow("kinds")
            .getListValue()
            .getValues(0)
            .getStructValue();
    assertEquals(21, json.getFieldsOrThrow("requestsFailed").getNumberValue());
    assertEquals(2_001, json.getFieldsOrThrow("requestsSent").getNumberValue());
    assertEquals("Connection <reset>", json.getFieldsOrThrow("firstRequestError").getStringValue());
    assertFalse(json.containsFields("requestsPerSecond"));
  }
}
