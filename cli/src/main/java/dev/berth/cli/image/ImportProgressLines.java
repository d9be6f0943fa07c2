package dev.berth.cli.image;

import dev.berth.cli.term.Terminal;
import dev.berth.cli.term.TextWidth;
import dev.berth.spec.Printable;
import dev.berth.spec.Quantity;
import dev.berth.v1.ImportProgress;
import java.util.Map;
import java.util.TreeMap;

/// How far each node is: on a terminal a line a node, which changes; else nothing, or a plain line
/// now and then.
final class ImportProgressLines {
  private static final int LINES_MAX = 16;
  private static final long PLAIN_NANOS = 5_000_000_000L;

  private final Terminal terminal;
  private final Map<String, String> lines = new TreeMap<>();
  private final boolean plain;
  private final Map<String, Long> saidNanos = new TreeMap<>();
  private int shown;

  ImportProgressLines(Terminal terminal) {
    this(terminal, false);
  }

  /// @param plain whether something is said also where there is no terminal
  ImportProgressLines(Terminal terminal, boolean plain) {
    this.terminal = terminal;
    this.plain = plain;
  }

  /// A node is so far.
  void show(String node, ImportProgress progress) {
    if (terminal.errIsTerminal()) {
      lines.put(node, node + ": " + text(progress));
      draw();
    } else if (plain) {
      long now = System.nanoTime();
      Long last = saidNanos.get(node);
      if (last == null || now - last >= PLAIN_NANOS) {
        saidNanos.put(node, now);
        String text = last == null ? "has begun" : text(progress);
        terminal.say(Printable.escape(node + ": " + text));
      }
    }
  }

  /// A node has ended; what becomes of it is said in a line of its own.
  void end(String node) {
    clear();
    lines.remove(node);
  }

  /// Takes all lines away.
  void clear() {
    if (shown > 0) {
      terminal.err().print("\u001b[" + shown + "A\r\u001b[J");
      terminal.err().flush();
      shown = 0;
    }
  }

  /// Shows the lines of those that are at work.
  void draw() {
    clear();
    int width = Math.max(1, terminal.errColumns() - 1);
    StringBuilder text = new StringBuilder();
    for (String line : lines.values()) {
      if (shown < LINES_MAX) {
        text.append(TextWidth.cut(Printable.escape(line), width)).append('\n');
        shown++;
      }
    }
    if (lines.size() > LINES_MAX) {
      text.append("and ").append(lines.size() - LINES_MAX).append(" more nodes\n");
      shown++;
    }
    terminal.err().append(text).flush();
  }

  private static String text(ImportProgress progress) {
    String bytes = Quantity.roundedMemory(progress.getCurrentBytes());
    long total = progress.getTotalBytes();
    return total <= 0
        ? bytes
        : "%s of %s, %d %%"
            .formatted(
                bytes,
                Quantity.roundedMemory(total),
                Math.min(100, (long) (100.0 * progress.getCurrentBytes() / total)));
  }
}
