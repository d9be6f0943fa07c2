package dev.berth.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.v1.ContainerSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContainerRulesTest {
  private static List<String> wrong(ContainerSpec.Builder container) {
    Findings findings = new Findings();
    ContainerRules.check("container", container.setImage("demo").build(), findings);
    return findings.asList().stream().map(Violation::toString).toList();
  }

  @Test
  void inputForOneNeedsInput() {
    assertEquals(List.of(), wrong(ContainerSpec.newBuilder().setStdin(true).setStdinOnce(true)));
    assertEquals(List.of(), wrong(ContainerSpec.newBuilder().setStdin(true).setTty(true)));
    assertEquals(
        List.of("container.stdin_once: needs stdin (expected: both, or neither)"),
        wrong(ContainerSpec.newBuilder().setStdinOnce(true)));
  }
}
