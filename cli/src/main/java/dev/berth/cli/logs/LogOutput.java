package dev.berth.cli.logs;

import dev.berth.cli.term.ClosedPipeException;
import dev.berth.cli.term.Terminal;
import dev.berth.cli.verb.Complaint;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;

/// Writes the output of several instances so that lines stay whole.
public final class LogOutput {
  private static final String[] COLOURS = {"36", "33", "32", "35", "34", "31", "96", "93", "92"};

  private final Terminal terminal;
  private final Runnable onClosed;
  private final Map<String, String> prefixes = new HashMap<>();
  private int width;
  private boolean closed;

  /// @param terminal where it is shown
  /// @param onClosed called once, by whoever writes, when nobody reads any more
  public LogOutput(Terminal terminal, Runnable onClosed) {
    this.terminal = terminal;
    this.onClosed = onClosed;
  }

  /// Writes to `out` or `err` at once. When nobody reads any more, the rest is dropped.
  synchronized void write(boolean error, byte[] bytes, int offset, int length) {
    if (closed) {
      return;
    }
    PrintStream stream = error ? terminal.err() : terminal.out();
    try {
      stream.write(bytes, offset, length);
      closed = stream.checkError();
    } catch (ClosedPipeException _) {
      closed = true;
    }
    if (closed) {
      onClosed.run();
    }
  }

  /// True when nobody reads any more.
  public synchronized boolean isClosed() {
    return closed;
  }

  /// True when what is written must be made harmless for a terminal first.
  boolean isTerminal(boolean error) {
    return error ? terminal.errIsTerminal() : terminal.outIsTerminal();
  }

  /// Tells people something between the lines.
  synchronized void complain(String subject, String text) {
    Complaint.say(terminal, subject, text);
  }

  /// What stands before each line of a slot: its name in columns, coloured on a terminal.
  synchronized String prefix(String slot) {
    width = Math.max(width, slot.length());
    String colour = prefixes.computeIfAbsent(slot, _ -> COLOURS[prefixes.size() % COLOURS.length]);
    String name = slot + " ".repeat(width - slot.length()) + " | ";
    return terminal.coloured() ? "\u001b[" + colour + "m" + name + "\u001b[0m" : name;
  }
}
