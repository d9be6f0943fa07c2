package dev.berth.spec.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Random expressions, small enough to be within every bound.
record RandomExpressions(RandomGenerator random) {
  private static final String[] KEYS = {"zone", "disk", "a.b/c", "x-1_y", "has", "in"};
  private static final String[] WORDS = {
    "",
    "a",
    "ssd",
    "amd64",
    "not",
    "in",
    "has",
    "it's",
    "two words",
    "\"",
    "64Gi",
    "1.10",
    "ü",
    "[,]"
  };
  private static final String[] AMOUNTS = {
    "0", "1", "1.1", "1.10", "07", "7", "64Gi", "65536mi", "1k", "1024", "500m", "2T", "3b"
  };

  Expression expression(int depth) {
    return switch (random.nextInt(depth == 0 ? 3 : 6)) {
      case 0 -> new Expression.Has(attribute());
      case 1 -> new Expression.In(attribute(), literals(), random.nextBoolean());
      case 2 -> compare();
      case 3 -> new Expression.Not(expression(depth - 1));
      case 4 -> new Expression.And(terms(depth - 1));
      default -> new Expression.Or(terms(depth - 1));
    };
  }

  Attribute attribute() {
    Attribute.Fact fact = one(Attribute.Fact.values());
    return random.nextInt(3) == 0 && fact != Attribute.Fact.LABEL
        ? new Attribute(fact, "")
        : Attribute.label(one(KEYS));
  }

  /// A value that a node may have; often one that literals have, too.
  String value() {
    return switch (random.nextInt(4)) {
      case 0 -> "";
      case 1 -> one(WORDS);
      default -> one(AMOUNTS);
    };
  }

  private Expression compare() {
    Attribute attribute = attribute();
    Operator operator = one(Operator.values());
    Literal literal = literal();
    boolean good = !operator.orders() || Expression.Compare.isOrdered(attribute, literal);
    return good
        ? new Expression.Compare(attribute, operator, literal)
        : new Expression.Compare(attribute, operator, new Literal.Amount("17"));
  }

  private List<Literal> literals() {
    List<Literal> literals = new ArrayList<>();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      literals.add(literal());
    }
    return literals;
  }

  private Literal literal() {
    return random.nextBoolean() ? new Literal.Word(one(WORDS)) : new Literal.Amount(one(AMOUNTS));
  }

  private List<Expression> terms(int depth) {
    List<Expression> terms = new ArrayList<>();
    for (int i = random.nextInt(2, 4); i > 0; i--) {
      terms.add(expression(depth));
    }
    return terms;
  }

  private <T> T one(T[] of) {
    return of[random.nextInt(of.length)];
  }
}
