package dev.berth.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import dev.berth.e2e.harness.Cluster;
import dev.berth.e2e.harness.ClusterPlan;
import dev.berth.e2e.harness.Command;
import dev.berth.e2e.harness.CommandResult;
import dev.berth.e2e.harness.Runtimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The same program as a process, a container and a machine, and the page that shows it.
class CompareIT {
  @RegisterExtension
  static final ClusterFixture CLUSTER =
      new ClusterFixture(ClusterPlan.of(Runtimes.BOTH), "chromium-headless-shell");

  private static final String BROWSER = "chromium-headless-shell";

  /// What does not fit where it stands is written into the title.
  private static final String CHECK =
      """
      <script>
      const cut = [...document.querySelectorAll("h1, h2, p, th, td, li, .time, .row > :first-child")]
        .filter(each => each.scrollWidth > each.clientWidth + 1)
        .map(each => each.textContent);
      if (document.documentElement.scrollWidth > innerWidth) cut.push("the page is too wide");
      document.title = "cut: " + JSON.stringify(cut);
      </script>
      """;

  @Test
  void measuresAllThreeKindsAndDrawsThem() throws IOException {
    Cluster cluster = CLUSTER.get();
    DemoGuest.bringTo(cluster);
    Path page = cluster.work().directory("page").resolve("compare.html");
    CommandResult result =
        cluster
            .cli()
            .command(
                "compare", "--rounds=2", "--load=500ms", "-o", "json", "--html", page.toString())
            .within(DemoGuest.BOOT_LIMIT.multipliedBy(3))
            .run();
    Struct.Builder answer = Struct.newBuilder();
    JsonFormat.parser().merge(result.requireSuccess(), answer);
    List<Struct> kinds =
        answer.getFieldsOrThrow("kinds").getListValue().getValuesList().stream()
            .map(each -> each.getStructValue())
            .toList();
    assertEquals(
        List.of("process", "container", "vm"),
        kinds.stream().map(each -> each.getFieldsOrThrow("kind").getStringValue()).toList());
    for (String figure :
        List.of("answersP50Seconds", "stopSeconds", "memoryBytes", "storageBytes")) {
      kinds.forEach(each -> assertTrue(number(each, figure) > 0, figure + " of " + each));
    }
    double machine = number(kinds.get(2), "answersP50Seconds");
    assertTrue(number(kinds.get(0), "answersP50Seconds") < machine, "a process is faster");
    assertTrue(number(kinds.get(1), "answersP50Seconds") < machine, "a container is faster");
    assertTrue(number(kinds.get(2), "memoryBytes") > 4 * number(kinds.get(1), "memoryBytes"));
    assertEquals(List.of(), cluster.cli().output("ps", "-a", "-q").lines().toList());
    assertNothingIsCut(cluster, page, 1_000);
    assertNothingIsCut(cluster, page, 400);
  }

  private static double number(Struct kind, String figure) {
    return kind.getFieldsOrThrow(figure).getNumberValue();
  }

  private static void assertNothingIsCut(Cluster cluster, Path page, int width) throws IOException {
    Path checked = page.resolveSibling("checked.html");
    Files.writeString(checked, Files.readString(page).replace("</body>", CHECK + "</body>"));
    String seen =
        browser(cluster, width, List.of("--dump-dom", checked.toUri().toString())).output();
    assertTrue(seen.contains("<title>cut: []</title>"), seen);
    Path picture = page.resolveSibling("compare-" + width + ".png");
    String drawn =
        browser(cluster, width, List.of("--screenshot=" + picture, page.toUri().toString()))
            .output();
    assertTrue(Files.size(picture) > 10_000, drawn);
    assertFalse(drawn.contains("<html"), drawn);
  }

  private static Command browser(Cluster cluster, int width, List<String> task) {
    Path home = cluster.work().directory("browser");
    List<String> words = new ArrayList<>();
    words.addAll(
        List.of(
            BROWSER,
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--hide-scrollbars",
            "--user-data-dir=" + home,
            "--window-size=" + width + ",1400"));
    words.addAll(task);
    return Command.of(words).with(Map.of("HOME", home.toString())).within(Duration.ofMinutes(2));
  }
}
