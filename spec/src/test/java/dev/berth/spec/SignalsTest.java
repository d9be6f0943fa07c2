package dev.berth.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalsTest {
  @ParameterizedTest
  @CsvSource({
    "KILL,9",
    "SIGKILL,9",
    "kill,9",
    "9,9",
    "hup,1",
    "SigTerm,15",
    "15,15",
    "USR1,10",
    "SYS,31",
    "IOT,6",
    "RTMIN,34",
    "SIGRTMIN+3,37",
    "RTMAX,64",
    "RTMAX-1,63",
    "64,64",
    "CONT,18",
    "WINCH,28"
  })
  void knowsNamesAndNumbers(String text, int number) {
    assertEquals(number, Signals.number(text));
  }

  @Test
  void nothingIsKill() {
    assertEquals(Signals.KILL, Signals.number(""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0", "65", "-9", "NONE", "SIG", "SIGSIGKILL", "RTMIN+31", "RTMAX-31", "9 "})
  void saysWhatThereIs(String text) {
    String message =
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> Signals.number(text)).getMessage());
    assertTrue(message.contains("SIGHUP"), message);
  }
}
