package dev.berth.cli.verb;

import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;

/// Tells people that one of several things did not work; the command goes on.
public final class Complaint {
  private Complaint() {}

  /// Writes `berth: web: …`, and further lines of the text below it.
  ///
  /// @param subject what did not work
  /// @param text one line, then details; escaped here
  public static void say(Terminal terminal, String subject, String text) {
    StringBuilder shown = new StringBuilder("berth: " + Printable.escape(subject) + ": ");
    String separator = "";
    for (String line : text.split("\n", -1)) {
      shown.append(separator).append(Printable.escape(line));
      separator = "\n  ";
    }
    terminal.say(shown.toString());
  }
}
