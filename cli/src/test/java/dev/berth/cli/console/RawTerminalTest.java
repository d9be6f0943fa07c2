package dev.berth.cli.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.berth.cli.term.FailureException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RawTerminalTest {
  private final List<String> asked = new ArrayList<>();

  @Test
  void becomesAsItWasWhenItIsClosed() {
    RawTerminal raw = RawTerminal.enter(this::answer);
    assertEquals(List.of("-g", "raw -echo"), asked);
    raw.close();
    raw.close();
    assertEquals(List.of("-g", "raw -echo", "5:bf:saved"), asked);
  }

  @Test
  void becomesAsItWasWhenItCannotBeChanged() {
    Stty refusing =
        arguments -> {
          String answer = answer(arguments);
          if (arguments[0].equals("raw")) {
            throw new FailureException(1, "the terminal cannot be set");
          }
          return answer;
        };
    assertThrows(FailureException.class, () -> RawTerminal.enter(refusing));
    assertEquals(List.of("-g", "raw -echo", "5:bf:saved"), asked);
  }

  private String answer(String... arguments) {
    asked.add(String.join(" ", arguments));
    return arguments[0].equals("-g") ? "5:bf:saved" : "";
  }
}
