package dev.berth.cli.console;

import dev.berth.cli.term.FailureException;
import dev.berth.cli.term.OsSignal;
import dev.berth.v1.TerminalSize;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The size of the terminal that is stdin, and when it changes.
final class WindowSize {
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,5}) ([0-9]{1,5})");

  private final Stty stty;

  WindowSize(Stty stty) {
    this.stty = stty;
  }

  /// What it is now; empty when the terminal does not know.
  Optional<TerminalSize> now() {
    try {
      return parse(stty.run("size"));
    } catch (FailureException _) {
      return Optional.empty();
    }
  }

  /// "24 80": rows and columns.
  static Optional<TerminalSize> parse(String text) {
    Matcher size = SIZE.matcher(text);
    if (!size.matches()) {
      return Optional.empty();
    }
    int rows = Integer.parseInt(size.group(1));
    int columns = Integer.parseInt(size.group(2));
    return rows > 0 && columns > 0 && Math.max(rows, columns) <= 10_000
        ? Optional.of(TerminalSize.newBuilder().setRows(rows).setColumns(columns).build())
        : Optional.empty();
  }

  /// Calls with the size whenever it has changed, until the process ends. Where there are no
  /// signals, a terminal keeps the size that it began with.
  void onChange(Consumer<TerminalSize> action) {
    var _ = OsSignal.on("WINCH", () -> now().ifPresent(action));
  }
}
