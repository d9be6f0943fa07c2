package dev.berth.spec.placement;

/// How an attribute is compared with a literal.
public enum Operator {
  EQUAL("=="),
  NOT_EQUAL("!="),
  LESS("<"),
  LESS_OR_EQUAL("<="),
  GREATER(">"),
  GREATER_OR_EQUAL(">=");

  private final String symbol;

  Operator(String symbol) {
    this.symbol = symbol;
  }

  /// The operator as it is written: `<=`.
  public String symbol() {
    return symbol;
  }

  /// True for the four that only make sense between numbers.
  public boolean orders() {
    return this != EQUAL && this != NOT_EQUAL;
  }

  /// Compares two numbers.
  boolean holds(double left, double right) {
    return switch (this) {
      case EQUAL -> left == right;
      case NOT_EQUAL -> left != right;
      case LESS -> left < right;
      case LESS_OR_EQUAL -> left <= right;
      case GREATER -> left > right;
      case GREATER_OR_EQUAL -> left >= right;
    };
  }
}
