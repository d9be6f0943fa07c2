package dev.berth.cli.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.berth.cli.term.FailureException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForwardRuleTest {
  @Test
  void readsOnePortOrTwo() {
    assertEquals(new ForwardRule(8080, 80), ForwardRule.parse("8080:80"));
    assertEquals(new ForwardRule(80, 80), ForwardRule.parse("80"));
    assertEquals(new ForwardRule(0, 80), ForwardRule.parse(":80"));
    assertEquals(new ForwardRule(0, 65_535), ForwardRule.parse("0:65535"));
  }

  @Test
  void refusesWhatIsNone() {
    for (String bad : List.of("", "0", "80:0", "65536", "1:65536", "70000:1", "a:b", "1:2:3")) {
      assertEquals(
          2, assertThrows(FailureException.class, () -> ForwardRule.parse(bad)).exitCode(), bad);
    }
  }
}
