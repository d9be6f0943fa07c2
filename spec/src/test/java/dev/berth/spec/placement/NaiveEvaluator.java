package dev.berth.spec.placement;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What expressions mean, written once more, as plainly as can be.
final class NaiveEvaluator {
  private static final Pattern MEMORY =
      Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(?:b|([kmgt])i?b?)?", Pattern.CASE_INSENSITIVE);
  private static final Pattern CPU = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(m)?");
  private static final Map<String, Integer> POWERS = Map.of("k", 1, "m", 2, "g", 3, "t", 4);

  private NaiveEvaluator() {}

  static boolean test(Expression expression, NodeAttributes node) {
    return switch (expression) {
      case Expression.And(var terms) -> terms.stream().allMatch(term -> test(term, node));
      case Expression.Or(var terms) -> terms.stream().anyMatch(term -> test(term, node));
      case Expression.Not(var operand) -> !test(operand, node);
      case Expression.Has(var attribute) -> node.value(attribute).length() > 0;
      case Expression.In(var attribute, var words, var negated) ->
          words.stream().anyMatch(word -> compare(attribute, Operator.EQUAL, word, node))
              != negated;
      case Expression.Compare(var attribute, var operator, var literal) ->
          compare(attribute, operator, literal, node);
    };
  }

  private static boolean compare(
      Attribute attribute, Operator operator, Literal literal, NodeAttributes node) {
    String value = node.value(attribute);
    Optional<BigDecimal> left = number(attribute, value);
    Optional<BigDecimal> right =
        literal instanceof Literal.Amount ? number(attribute, literal.text()) : Optional.empty();
    if (left.isEmpty() || right.isEmpty()) {
      boolean equal = value.equals(literal.text());
      return operator == Operator.EQUAL ? equal : operator == Operator.NOT_EQUAL && !equal;
    }
    int order = left.get().compareTo(right.get());
    return switch (operator) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case LESS_OR_EQUAL -> order <= 0;
      case GREATER -> order > 0;
      case GREATER_OR_EQUAL -> order >= 0;
    };
  }

  private static Optional<BigDecimal> number(Attribute attribute, String text) {
    boolean cpu = attribute.fact() == Attribute.Fact.CPU_MILLIS;
    Matcher matcher = (cpu ? CPU : MEMORY).matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String unit = matcher.group(2) == null || cpu ? "" : matcher.group(2).toLowerCase(Locale.ROOT);
    BigDecimal factor = BigDecimal.valueOf(1024).pow(POWERS.getOrDefault(unit, 0));
    return Optional.of(new BigDecimal(matcher.group(1)).multiply(factor));
  }
}
