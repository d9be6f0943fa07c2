package dev.berth.agent.driver.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ConsoleBacklogTest {
  private final ConsoleBacklog backlog = new ConsoleBacklog(8);

  @Test
  void givesPiecesInTheOrderInWhichTheyCame() {
    add("abc");
    add("def");
    assertEquals("abcd", take(4));
    add("ghijkl");
    assertEquals("efghijkl", take(100));
    assertTrue(backlog.isEmpty());
  }

  @Test
  void losesTheOldestWhenThereIsTooMuchAndSaysHowMuch() {
    add("0123456789");
    assertEquals("\r\n[berth: 2 bytes of output were lost: they came too fast]\r\n", take(4));
    assertFalse(backlog.isEmpty());
    assertEquals("23456789", take(100));
    add("x");
    assertEquals("x", take(100));
  }

  private void add(String text) {
    backlog.add(text.getBytes(StandardCharsets.US_ASCII));
  }

  private String take(int max) {
    return backlog.take(max).toStringUtf8();
  }
}
