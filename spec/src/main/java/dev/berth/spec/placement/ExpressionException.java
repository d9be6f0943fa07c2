package dev.berth.spec.placement;

import dev.berth.spec.Printable;

/// A text that is no expression or no attribute. The message says what, where and what was
/// expected: `value: "node.arch = x" at 11: expected ==, … (found "=")`.
public final class ExpressionException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final int column;

  ExpressionException(String text, int column, String expectedAndFound) {
    super("value: " + Printable.quote(text) + " at " + column + ": " + expectedAndFound);
    this.column = column;
  }

  /// Where in the text, in UTF-16 characters from 1.
  public int column() {
    return column;
  }
}
