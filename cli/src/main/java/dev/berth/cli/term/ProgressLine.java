package dev.berth.cli.term;

import dev.berth.spec.Printable;

/// Progress of one thing: on a terminal one line that changes, else a plain line for each change.
/// What is shown is escaped.
public final class ProgressLine {
  private final Terminal terminal;
  private String shown = "";
  private boolean open;

  /// @param terminal where it is shown, on `err`
  public ProgressLine(Terminal terminal) {
    this.terminal = terminal;
  }

  /// Shows the text unless it is shown already.
  public void show(String text) {
    if (text.equals(shown)) {
      return;
    }
    shown = text;
    if (terminal.errIsTerminal()) {
      // A line that is wider than the terminal could not be overwritten.
      String line = TextWidth.cut(Printable.escape(text), Math.max(1, terminal.errColumns() - 1));
      terminal.err().print("\r" + line + "\u001b[K");
      terminal.err().flush();
      open = true;
    } else {
      terminal.say(Printable.escape(text));
    }
  }

  /// Takes the changing line away.
  public void end() {
    if (open) {
      terminal.err().print("\r\u001b[K");
      terminal.err().flush();
      open = false;
      shown = "";
    }
  }
}
