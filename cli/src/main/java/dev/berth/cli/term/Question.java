package dev.berth.cli.term;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Asks a person before something that cannot be undone.
public final class Question {
  private Question() {}

  /// True when a person reads what is asked.
  public static boolean canBeAsked(Terminal terminal) {
    return terminal.errIsTerminal();
  }

  /// Asks, and answers true for `y` or `yes`; everything else, the end of the input too, is no.
  ///
  /// @param text without the choice, which is added
  public static boolean ask(Terminal terminal, String text) throws IOException {
    terminal.err().print(text + " [y/N] ");
    terminal.err().flush();
    String line =
        new BufferedReader(new InputStreamReader(terminal.in(), StandardCharsets.UTF_8)).readLine();
    String answer = line == null ? "" : line.strip().toLowerCase(Locale.ROOT);
    return answer.equals("y") || answer.equals("yes");
  }
}
