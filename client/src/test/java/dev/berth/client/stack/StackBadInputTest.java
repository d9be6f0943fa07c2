package dev.berth.client.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What must be refused, each with line and column.
class StackBadInputTest {
  private static final String GOOD = "stack: s\nworkloads:\n  w:\n    container: {image: demo}\n";

  @Test
  void refusesAliasBombs() {
    StringBuilder bomb = new StringBuilder("stack: s\nworkloads:\n  a: &a [x, x]\n");
    for (char c = 'b'; c < 'z'; c++) {
      char before = (char) (c - 1);
      bomb.append(
          "  %c: &%c [*%c, *%c, *%c, *%c]\n".formatted(c, c, before, before, before, before));
    }
    List<String> problems = assertTimeout(Duration.ofSeconds(2), () -> problems(bomb.toString()));
    assertEquals(
        "3:6: an anchor (expected: none, write the value where it is needed)", problems.get(0));
    assertTrue(
        problems.stream().anyMatch(p -> p.equals("4:10: an alias (expected: the value itself)")));
  }

  @Test
  void refusesTags() {
    assertEquals(
        "1:8: the tag \"tag:yaml.org,2002:python/object\" (expected: no tags)",
        first("stack: !!python/object s\nworkloads: {}\n"));
  }

  @Test
  void refusesDuplicateKeys() {
    assertEquals(
        "5:3: the key \"w\" a second time (expected: once)",
        first(GOOD + "  w:\n    container: {image: demo}\n"));
  }

  @Test
  void refusesUnknownFieldsAndSaysWhatWasMeant() {
    assertEquals(
        "5:5: workloads.w: unknown field \"replcas\" (did you mean \"replicas\"?)",
        first(GOOD + "    replcas: 3\n"));
    assertEquals(
        "5:5: workloads.w: unknown field \"stop_grace\" (did you mean \"stopGrace\"?)",
        first(GOOD + "    stop_grace: 3s\n"));
  }

  @Test
  void refusesAByteOrderMark() {
    assertEquals(
        "1:1: a byte order mark (expected: UTF-8 without one; save it so)", first("\uFEFF" + GOOD));
    byte[] utf16 = GOOD.getBytes(StandardCharsets.UTF_16);
    assertEquals(
        "1:1: bytes that are not UTF-8 (expected: UTF-8 text)", problems(utf16).getFirst());
  }

  @Test
  void refusesASecondDocument() {
    assertEquals(
        "5:1: a second document (expected: one document in a file)", first(GOOD + "---\n" + GOOD));
  }

  @Test
  void refusesNoWhereABooleanIsWanted() {
    assertEquals(
        "4:40: workloads.w.container.readOnly: value: \"no\" (expected: true or false)",
        first("stack: s\nworkloads:\n  w:\n    container: {image: demo, readOnly: no}\n"));
  }

  @Test
  void refusesANumberWhereTextIsWanted() {
    assertEquals(
        "1:8: stack: value: 12, a number (expected: a name; put it in quotes)",
        first("stack: 12\nworkloads: {}\n"));
  }

  @Test
  void refusesNumbersOutOfAllBounds() {
    assertEquals(
        "5:15: workloads.w.replicas: value: 1e999 (expected: a whole number, 0 to 10000)",
        first(GOOD + "    replicas: 1e999\n"));
    assertEquals(
        "5:15: workloads.w.replicas: value: -1 (expected: a whole number, 0 to 10000)",
        first(GOOD + "    replicas: -1\n"));
    assertEquals(
        "5:15: workloads.w.replicas: value: \"3\" (expected: a whole number, 0 to 10000;"
            + " without quotes)",
        first(GOOD + "    replicas: \"3\"\n"));
    assertEquals(
        "5:22: workloads.w.resources.cpu: value: \"1e999\" (expected: CPUs such as 2, 0.5 or"
            + " 500m)",
        first(GOOD + "    resources: {cpu: 1e999}\n"));
  }

  @Test
  void refusesNulAndControlCharacters() {
    assertEquals("1:8: the character \\u{0} (expected: printable text)", first("stack: \0\n"));
    assertEquals(
        "2:1: the character \\u{1b} (expected: printable text)", first("stack: s\n\u001b[2J"));
    assertEquals(
        "1:8: value: \"a\\u{0}b\" (expected: no control or invisible characters)",
        first("stack: \"a\\0b\"\nworkloads: {}\n"));
  }

  @Test
  void refusesCharactersThatTurnTheDirectionOfWriting() {
    assertEquals(
        "1:10: the character \\u{202e} (expected: printable text)", first("stack: s \u202e\n"));
    assertEquals(
        "1:8: value: \"a\\u{2066}b\" (expected: no control or invisible characters)",
        first("stack: \"a\\u2066b\"\nworkloads: {}\n"));
  }

  @Test
  void refusesPathsThatLeadAround() {
    for (String path :
        List.of(
            "/srv/../etc",
            "/",
            "/var/run/docker.sock",
            "/run",
            "/proc/1/root",
            "relative",
            "/a//b")) {
      String problem = first(GOOD + "    mounts:\n      - {target: /in, hostPath: " + path + "}\n");
      assertTrue(
          problem.startsWith("6:33: workloads.w.mounts[0].hostPath: value: \"" + path + "\""),
          problem);
    }
  }

  @Test
  void refusesWhatOtherVersionsMayHave() {
    for (String type : List.of("cron", "system")) {
      assertEquals(
          "5:11: workloads.w.type: value: \"" + type + "\" (expected: service or batch)",
          first(GOOD + "    type: " + type + "\n"));
    }
  }

  @Test
  void refusesExpressionsAndSaysWhereInTheFileAndInTheText() {
    assertEquals(
        "6:42: workloads.w.placement.require[1]: value: \"node.arch = x\" at 11: expected ==, !=,"
            + " <, <=, >, >=, in or not in, found \"=\"",
        first(
            GOOD
                + "    placement:\n"
                + "      require: [\"node.os == linux\",      \"node.arch = x\"]\n"));
    assertEquals(
        "5:33: workloads.w.placement.prefer[0].expr: value: \"node.labels\" at 12: expected .KEY or"
            + " ['KEY'] after node.labels, found the end",
        first(GOOD + "    placement: {prefer: [{expr: node.labels, weight: 1}]}\n"));
    assertEquals(
        "5:26: workloads.w.placement.spread[0]: value: \"zone\" at 1: expected an attribute"
            + " (node.name, node.arch, node.os, node.agent_version, node.kernel, node.cpu_millis,"
            + " node.memory_bytes, node.labels.KEY), found \"zone\"",
        first(GOOD + "    placement: {spread: [zone]}\n"));
  }

  @Test
  void refusesPlacementsThatAreOnlyHalfSaid() {
    assertEquals(
        "5:25: workloads.w.placement.spread: value: true, a boolean (expected: a list of attributes"
            + " such as [node.labels.zone])",
        first(GOOD + "    placement: {spread: true}\n"));
    assertEquals(
        "5:17: workloads.w.placement: field \"nodeLabels\": labels are asked for by expressions"
            + " (expected: require: [\"node.labels.disk == ssd\"])",
        first(GOOD + "    placement: {nodeLabels: {disk: ssd}}\n"));
    assertEquals(
        "5:26: workloads.w.placement.prefer[0]: missing the field \"weight\"",
        first(GOOD + "    placement: {prefer: [{expr: has(node.labels.a)}]}\n"));
    assertEquals(
        "5:61: workloads.w.placement.prefer[0].weight: value: 0 (expected: -100 to 100 and not 0)",
        first(GOOD + "    placement: {prefer: [{expr: has(node.labels.a), weight: 0}]}\n"));
    assertEquals(
        "5:32: workloads.w.resources.devices.gpu: value: 0 (expected: a whole number, 1 to 64)",
        first(GOOD + "    resources: {devices: {gpu: 0}}\n"));
    assertEquals(
        "5:23: workloads.w.disruptionBudget: missing the field \"maxUnavailable\"",
        first(GOOD + "    disruptionBudget: {}\n"));
  }

  @Test
  void refusesAComposeFile() {
    assertEquals(
        "1:1: field \"services\": this is a Compose file (expected: a stack file with \"stack\" and"
            + " \"workloads\")",
        first("services: {web: {image: demo}}\n"));
  }

  @Test
  void refusesPrivileges() {
    assertEquals(
        "4:30: workloads.w.container: field \"privileged\": there is no such thing in Berth",
        first("stack: s\nworkloads:\n  w:\n    container: {image: demo, privileged: true}\n"));
  }

  @Test
  void findsSeveralErrorsAtOnceInTheOrderOfTheText() {
    List<String> problems =
        problems(GOOD + "    replicas: many\n    labels: [a]\n    stopGrace: 2h\n    color: red\n");
    assertEquals(
        List.of(
            "5:15: workloads.w.replicas: value: \"many\" (expected: a whole number, 0 to 10000)",
            "6:13: workloads.w.labels: value: a list (expected: a mapping from names to values)",
            "7:16: workloads.w.stopGrace: value: 2h (expected: 0s to 1h)",
            "8:5: workloads.w: unknown field \"color\" (expected: type, replicas, container, vm,"
                + " process, resources, ports, mounts, labels, placement, restart, stopGrace,"
                + " lostPolicy, priority, disruptionBudget)"),
        problems);
  }

  @Test
  void refusesWhatOnlyTheWholeSpecCanTell() {
    assertEquals(
        "6:46: workloads.w.ports.b.publish: value: 80 (expected: a port of the node used once)",
        first(
            GOOD
                + "    ports: {a: {target: 1, publish: 80},\n"
                + "     b: {target: 2, protocol: tcp,  publish: 80}}\n"));
    assertEquals(
        "5:14: workloads.w.mounts[0]: fields: exactly one is wanted of hostPath, volume",
        first(GOOD + "    mounts: [{target: /in}]\n"));
  }

  @Test
  void refusesFilesThatAreTooLarge() {
    byte[] large = (GOOD + "#".repeat(1 << 20)).getBytes(StandardCharsets.UTF_8);
    assertTrue(problems(large).getFirst().startsWith("1:1: size: "));
  }

  @Test
  void refusesDepthWithoutEnd() {
    String deep = "stack: " + "[".repeat(500_000);
    List<String> problems = assertTimeout(Duration.ofSeconds(2), () -> problems(deep));
    assertEquals("1:24: more than 16 levels (expected: a flatter file)", problems.getFirst());
  }

  @Test
  void refusesWhatIsNoYaml() {
    assertTrue(first("stack: [\n").startsWith("2:1: not YAML: "));
    assertTrue(first("\tstack: s\n").startsWith("1:1: not YAML: "));
    assertEquals("1:1: nothing (expected: a document)", first(""));
    assertEquals("1:1: value: \"x\" (expected: a mapping with stack, workloads)", first("x"));
  }

  @Test
  void readsTheLargestGoodFileWithinTwoHundredMilliseconds() throws StackException {
    StringBuilder text = new StringBuilder("stack: s\nworkloads:\n");
    int count = 0;
    while (text.length() < (1 << 20) - 200 && count < 1000) {
      text.append("  w")
          .append(count++)
          .append(":\n    container:\n      image: demo\n      env: {");
      text.append("V: \"").append("x".repeat(900)).append("\"}\n");
    }
    byte[] content = text.toString().getBytes(StandardCharsets.UTF_8);
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      assertEquals(count, StackFile.read("large", content).workloads().size());
      long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
      best = Math.min(best, nanos / 1_000_000);
    }
    assertTrue(best <= 200, "took " + best + " ms of CPU (expected: at most 200)");
  }

  private static String first(String text) {
    return problems(text).getFirst();
  }

  private static List<String> problems(String text) {
    return problems(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> problems(byte[] content) {
    StackException refused =
        assertThrows(StackException.class, () -> StackFile.read("s.yaml", content));
    return refused.problems().stream().map(Object::toString).toList();
  }
}
