package dev.berth.cli.why;

import dev.berth.spec.Printable;
import dev.berth.v1.NodeRefusal;
import java.util.List;

/// Why nodes were refused, one reason a row: how many nodes, what was wrong, how far the closest
/// one was off, and what to do. When a row does not fit a line, what to do stands below.
final class RefusalText {
  private RefusalText() {}

  /// @param columns of the terminal
  static String of(List<NodeRefusal> refusals, int columns) {
    Columns rows = new Columns();
    for (NodeRefusal refusal : refusals) {
      rows.row(
          Integer.toString(refusal.getNodes()),
          refusal.getReason(),
          refusal.getDetail(),
          refusal.getAdvice().isEmpty() ? "" : "→ " + refusal.getAdvice());
    }
    return rows.width() <= columns ? rows.text(true) : stacked(refusals);
  }

  private static String stacked(List<NodeRefusal> refusals) {
    int digits = 1;
    for (NodeRefusal refusal : refusals) {
      digits = Math.max(digits, Integer.toString(refusal.getNodes()).length());
    }
    StringBuilder out = new StringBuilder();
    for (NodeRefusal refusal : refusals) {
      String count = Integer.toString(refusal.getNodes());
      String detail = refusal.getDetail().isEmpty() ? "" : ": " + refusal.getDetail();
      out.append("  ").repeat(' ', digits - count.length()).append(count).append("  ");
      out.append(Printable.escape(refusal.getReason() + detail)).append('\n');
      if (!refusal.getAdvice().isEmpty()) {
        out.repeat(' ', digits + 4).append("→ ");
        out.append(Printable.escape(refusal.getAdvice())).append('\n');
      }
    }
    return out.toString();
  }
}
