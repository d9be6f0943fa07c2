package dev.berth.cli.term;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private static final String CLEARED = "\u001b[K";

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /// With data that goes to a file.
  private ProgressLine line(boolean person) {
    PrintStream to = new PrintStream(err, true, StandardCharsets.UTF_8);
    return new ProgressLine(
        new Terminal(
            InputStream.nullInputStream(), to, to, false, person, Map.of("COLUMNS", "24")));
  }

  private String shown() {
    String text = err.toString(StandardCharsets.UTF_8);
    err.reset();
    return text;
  }

  @Test
  void aLineThatChangesIsNeverWiderThanTheTerminal() {
    ProgressLine line = line(true);
    line.show("pulling an-image-with-a-long-name");
    assertEquals("\rpulling an-image-with-…" + CLEARED, shown());
    line.show("short");
    assertEquals("\rshort" + CLEARED, shown());
  }

  @Test
  void nothingIsShownTwiceInTurn() {
    ProgressLine line = line(true);
    line.show("one");
    line.show("one");
    line.end();
    line.end();
    line.show("one");
    assertEquals("\rone" + CLEARED + "\r" + CLEARED + "\rone" + CLEARED, shown());
  }

  @Test
  void whereNobodyReadsAsItComesEachChangeIsAWholeLine() {
    ProgressLine line = line(false);
    line.show("an image that has a \u001b[31mlong name");
    line.show("an image that has a \u001b[31mlong name");
    line.end();
    assertEquals("an image that has a \\u{1b}[31mlong name\n", shown());
  }
}
