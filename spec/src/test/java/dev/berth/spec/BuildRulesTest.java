package dev.berth.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.v1.BuildOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BuildRulesTest {
  private static List<String> wrong(BuildOrder.Builder order) {
    return BuildRules.validate(order.build()).stream().map(Violation::fieldPath).toList();
  }

  private static List<String> network(String name) {
    return wrong(BuildOrder.newBuilder().setNetwork(name));
  }

  @Test
  void stepsJoinNetworksThatContainersMayJoin() {
    for (String name : List.of("", "none", "default", "bridge", "shop")) {
      assertEquals(List.of(), network(name), name);
    }
    for (String name : List.of("host", "container:12ab", "a b", "../x")) {
      assertEquals(List.of("network"), network(name), name);
    }
  }

  @Test
  void allIsBounded() {
    BuildOrder.Builder order =
        BuildOrder.newBuilder()
            .setNode("n 1")
            .addTags("A B")
            .setDockerfile("x".repeat(4097))
            .setTarget("a\0b")
            .putBuildArgs("", "1")
            .putLabels("l", "x".repeat(257 << 10));
    assertEquals(
        List.of("node", "tags", "dockerfile", "target", "build_args", "labels"), wrong(order));
  }
}
