package dev.berth.cli.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.v1.TerminalSize;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WindowSizeTest {
  @Test
  void readsWhatSttySays() {
    assertEquals(
        Optional.of(TerminalSize.newBuilder().setRows(24).setColumns(80).build()),
        WindowSize.parse("24 80"));
  }

  @Test
  void aTerminalWithoutSizeHasNone() {
    for (String text : new String[] {"0 0", "0 80", "24 0", "", "24", "99999 1", "stty: what?"}) {
      assertEquals(Optional.empty(), WindowSize.parse(text), text);
    }
  }
}
