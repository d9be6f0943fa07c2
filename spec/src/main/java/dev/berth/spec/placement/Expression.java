package dev.berth.spec.placement;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.function.Predicate;

/// A condition on a node, as workloads write it: `node.arch == amd64`,
/// `node.labels.disk in [ssd, nvme] && !has(node.labels.gpu)`. Immutable.
///
/// - `==`, `!=`, `in` and `not in` compare numbers when both sides are numbers, else text:
///   `1Gi == 1024Mi`, `07 == 7`. A literal in quotes is always text.
/// - `<`, `<=`, `>` and `>=` compare numbers; with a value that is no number they are false. The
///   versions in `node.kernel` and `node.agent_version` are no numbers when they have two dots.
/// - An attribute that the node does not have is the empty word. `has` is false for it, and for a
///   label whose value is empty.
///
/// `toString` is canonical: one blank around operators, parentheses and quotes only where they are
/// needed. It parses back to an equal expression, as long as
/// the blanks do not make it longer than [#TEXT_MAX].
public sealed interface Expression {
  /// Most characters of an expression.
  int TEXT_MAX = 1024;

  /// Most levels of parentheses and `!`.
  int NESTING_MAX = 32;

  /// Most conditions, parentheses, `!` and words of lists together.
  int NODES_MAX = 256;

  /// Reads an expression, in time linear in its length.
  ///
  /// @throws ExpressionException with what is wrong and where
  static Expression parse(String text) {
    return new ExpressionParser(text).whole();
  }

  /// True when the node satisfies it. Allocates nothing.
  boolean test(NodeAttributes node);

  /// The attributes that it refers to, in order; unmodifiable.
  default SortedSet<Attribute> attributes() {
    SortedSet<Attribute> attributes = new TreeSet<>();
    collect(this, attributes);
    return Collections.unmodifiableSortedSet(attributes);
  }

  private static void collect(Expression expression, SortedSet<Attribute> into) {
    switch (expression) {
      case And and -> and.terms.forEach(term -> collect(term, into));
      case Or or -> or.terms.forEach(term -> collect(term, into));
      case Not not -> collect(not.operand, into);
      case Compare compare -> into.add(compare.attribute);
      case In in -> into.add(in.attribute);
      case Has has -> into.add(has.attribute);
    }
  }

  /// All of them hold.
  ///
  /// @param terms at least 2
  record And(List<Expression> terms) implements Expression {
    public And {
      terms = atLeastTwo(terms);
    }

    @Override
    public boolean test(NodeAttributes node) {
      for (int i = 0; i < terms.size(); i++) {
        if (!terms.get(i).test(node)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public String toString() {
      return join(" && ", terms, term -> term instanceof And || term instanceof Or);
    }
  }

  /// At least one of them holds.
  ///
  /// @param terms at least 2
  record Or(List<Expression> terms) implements Expression {
    public Or {
      terms = atLeastTwo(terms);
    }

    @Override
    public boolean test(NodeAttributes node) {
      for (int i = 0; i < terms.size(); i++) {
        if (terms.get(i).test(node)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public String toString() {
      return join(" || ", terms, term -> term instanceof Or);
    }
  }

  /// It does not hold.
  record Not(Expression operand) implements Expression {
    @Override
    public boolean test(NodeAttributes node) {
      return !operand.test(node);
    }

    @Override
    public String toString() {
      return operand instanceof Not || operand instanceof Has
          ? "!" + operand
          : "!(" + operand + ')';
    }
  }

  /// The attribute compared with a literal.
  record Compare(Attribute attribute, Operator operator, Literal literal) implements Expression {
    public Compare {
      if (operator.orders() && !isOrdered(attribute, literal)) {
        throw new IllegalArgumentException(
            "literal: " + literal + " (expected: a number after " + operator.symbol() + ")");
      }
    }

    /// True when it makes sense to ask whether the attribute is less than the literal.
    static boolean isOrdered(Attribute attribute, Literal literal) {
      return literal instanceof Literal.Amount
          && !Double.isNaN(Amounts.read(attribute, literal.text()));
    }

    @Override
    public boolean test(NodeAttributes node) {
      String value = node.value(attribute);
      if (literal instanceof Literal.Amount) {
        double left = Amounts.read(attribute, value);
        double right = Amounts.read(attribute, literal.text());
        if (!Double.isNaN(left) && !Double.isNaN(right)) {
          return operator.holds(left, right);
        }
      }
      return !operator.orders() && value.equals(literal.text()) == (operator == Operator.EQUAL);
    }

    /// The same in every JVM; see [Attribute#hashCode()].
    @Override
    public int hashCode() {
      return 31 * (31 * attribute.hashCode() + operator.symbol().hashCode()) + literal.hashCode();
    }

    @Override
    public String toString() {
      return attribute + " " + operator.symbol() + " " + literal;
    }
  }

  /// The attribute equals one of the words, or none of them.
  ///
  /// @param words at least 1
  record In(Attribute attribute, List<Literal> words, boolean negated) implements Expression {
    public In {
      words = List.copyOf(words);
      if (words.isEmpty()) {
        throw new IllegalArgumentException("words: none (expected: at least 1)");
      }
    }

    @Override
    public boolean test(NodeAttributes node) {
      String value = node.value(attribute);
      for (int i = 0; i < words.size(); i++) {
        if (equal(value, words.get(i))) {
          return !negated;
        }
      }
      return negated;
    }

    private boolean equal(String value, Literal word) {
      return value.equals(word.text())
          || (word instanceof Literal.Amount
              && Amounts.read(attribute, value) == Amounts.read(attribute, word.text()));
    }

    @Override
    public String toString() {
      return attribute + (negated ? " not in " : " in ") + words;
    }
  }

  /// The node has a value for the attribute.
  record Has(Attribute attribute) implements Expression {
    @Override
    public boolean test(NodeAttributes node) {
      return !node.value(attribute).isEmpty();
    }

    @Override
    public String toString() {
      return "has(" + attribute + ')';
    }
  }

  private static List<Expression> atLeastTwo(List<Expression> terms) {
    if (terms.size() < 2) {
      throw new IllegalArgumentException("terms: " + terms.size() + " (expected: at least 2)");
    }
    return List.copyOf(terms);
  }

  private static String join(
      String operator, List<Expression> terms, Predicate<Expression> grouped) {
    StringJoiner out = new StringJoiner(operator);
    for (Expression term : terms) {
      out.add(grouped.test(term) ? "(" + term + ")" : term.toString());
    }
    return out.toString();
  }
}
