package dev.berth.cli.term;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Finds out how wide the terminal is: `COLUMNS`, which the launcher sets, else what `stty` says.
final class TerminalWidth {
  private static final int USUAL = 80;
  private static final int LEAST = 20;

  private TerminalWidth() {}

  static int of(Map<String, String> environment) {
    int said = number(environment.getOrDefault("COLUMNS", ""));
    int columns = said > 0 ? said : askStty();
    return columns > 0 ? Math.max(columns, LEAST) : USUAL;
  }

  private static int askStty() {
    try {
      Process stty =
          new ProcessBuilder("stty", "-F", "/dev/tty", "size")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      stty.getOutputStream().close();
      if (!stty.waitFor(1, TimeUnit.SECONDS)) {
        stty.destroyForcibly();
        return 0;
      }
      String answer =
          new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
      return number(answer.substring(answer.indexOf(' ') + 1));
    } catch (IOException _) {
      return 0;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private static int number(String text) {
    boolean good = !text.isEmpty() && text.length() <= 5;
    for (int i = 0; i < text.length() && good; i++) {
      good = text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    return good ? Integer.parseInt(text) : 0;
  }
}
