package dev.berth.agent.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.berth.v1.LogChunk;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TerminalLogTest {
  private static String read(String raw, boolean timestamps) throws IOException {
    LogFrames frames = new LogFrames(timestamps);
    frames.resume(new TerminalLog(new ByteArrayInputStream(raw.getBytes(StandardCharsets.UTF_8))));
    StringBuilder text = new StringBuilder();
    for (Optional<LogChunk> next = frames.next(); next.isPresent(); next = frames.next()) {
      text.append(next.get().getData().toStringUtf8());
    }
    return text.toString();
  }

  @Test
  void takesTheTimesAway() throws IOException {
    String raw = "2026-11-30T10:00:00.1Z one two\r\n2026-11-30T10:00:00.2Z \r\n";
    assertEquals("one two\r\n\r\n", read(raw, false));
    assertEquals(raw, read(raw, true));
    assertEquals("", read("", false));
  }

  @Test
  void joinsTheDaemonsPartsOfALongLine() throws IOException {
    String part = "x".repeat(16 << 10);
    String raw = "2026-11-30T10:00:00.1Z " + part + "2026-11-30T10:00:00.2Z rest\r\n";
    assertEquals(part + "rest\r\n", read(raw, false));
  }

  @Test
  void aLastLineNeedsNoEnd() throws IOException {
    assertEquals("/ # ", read("2026-11-30T10:00:00.1Z / # ", false));
  }

  @Test
  void saysWhatIsNoLog() {
    assertThrows(IOException.class, () -> read("no time in front".repeat(9) + "\n", false));
    assertThrows(IOException.class, () -> read("2026-11-30T10:00", false));
  }
}
