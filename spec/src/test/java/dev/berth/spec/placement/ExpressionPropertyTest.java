package dev.berth.spec.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.spec.Quantity;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class ExpressionPropertyTest {
  private static final long SEED = Long.getLong("berth.seed", System.nanoTime());
  private static final int CASES = 20_000;
  private static final String[] PIECES = {
    "node.arch",
    "node.labels",
    ".zone",
    "['a.b']",
    "==",
    "!=",
    "<",
    "=",
    "!",
    "&&",
    "||",
    "&",
    "(",
    ")",
    "[",
    "]",
    ",",
    "in",
    "not",
    "has",
    " ",
    "'",
    "\"",
    "64Gi",
    "a",
    "\u0000",
    "\ud83d",
    "\ud83d\ude00",
    "ü",
    "\n",
    "9999999999999999999",
    "."
  };

  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
  private final RandomExpressions expressions = new RandomExpressions(random);

  @Test
  void everyExpressionReadsBackAsItself() {
    int read = 0;
    for (int i = 0; i < CASES; i++) {
      Expression expression = expressions.expression(3);
      String text = expression.toString();
      if (text.length() <= Expression.TEXT_MAX) {
        assertEquals(expression, Expression.parse(text), () -> text + ", seed " + SEED);
        assertEquals(text, Expression.parse(text).toString(), "seed " + SEED);
        read++;
      }
    }
    assertTrue(read > CASES / 2, "only " + read + " were short enough");
  }

  @Test
  void everyAttributeReadsBackAsItself() {
    for (int i = 0; i < CASES; i++) {
      Attribute attribute = expressions.attribute();
      assertEquals(attribute, Attribute.parse(attribute.toString()), "seed " + SEED);
    }
  }

  @Test
  void agreesWithTheNaiveEvaluator() {
    int held = 0;
    for (int i = 0; i < CASES; i++) {
      Expression expression = expressions.expression(3);
      Map<Attribute, String> values = new HashMap<>();
      expression.attributes().forEach(attribute -> values.put(attribute, expressions.value()));
      NodeAttributes node = attribute -> values.getOrDefault(attribute, "");
      boolean expected = NaiveEvaluator.test(expression, node);
      assertEquals(expected, expression.test(node), () -> expression + " on " + values);
      held += expected ? 1 : 0;
    }
    assertTrue(held > CASES / 10 && held < CASES * 9 / 10, held + " of " + CASES + " held");
  }

  @Test
  void garbageIsRefusedWithAColumnAndNothingElse() {
    int refused = 0;
    for (int i = 0; i < CASES; i++) {
      String text = garbage();
      try {
        Expression read = Expression.parse(text);
        assertTrue(read.toString().length() > 0);
      } catch (ExpressionException e) {
        assertTrue(e.column() >= 1 && e.column() <= text.length() + 1, () -> text + ": " + e);
        refused++;
      }
    }
    assertTrue(refused > CASES / 2, refused + " were refused");
  }

  @Test
  void readsAmountsOfMemoryAsQuantityDoes() {
    String signs = "0123456789.kKmMgGtTiIbBx";
    for (int i = 0; i < CASES; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(1, 7); n > 0; n--) {
        text.append(signs.charAt(random.nextInt(signs.length())));
      }
      double read = Amounts.read(Attribute.parse("node.memory_bytes"), text.toString());
      if (Double.isNaN(read) || read != Math.rint(read)) {
        assertThrows(
            IllegalArgumentException.class,
            () -> Quantity.parseMemoryBytes(text.toString()),
            () -> text + ", seed " + SEED);
      } else {
        assertEquals(Quantity.parseMemoryBytes(text.toString()), (long) read, text.toString());
      }
    }
  }

  private String garbage() {
    StringBuilder text = new StringBuilder();
    if (random.nextInt(3) == 0) {
      text.append(expressions.expression(2));
      int at = random.nextInt(text.length());
      text.replace(at, Math.min(text.length(), at + random.nextInt(3)), piece());
      return text.toString();
    }
    for (int n = random.nextInt(30); n >= 0; n--) {
      text.append(random.nextInt(10) == 0 ? piece().repeat(random.nextInt(500)) : piece());
    }
    return text.toString();
  }

  private String piece() {
    return PIECES[random.nextInt(PIECES.length)];
  }
}
