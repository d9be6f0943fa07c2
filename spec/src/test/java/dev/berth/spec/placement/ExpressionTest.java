package dev.berth.spec.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExpressionTest {
  private static final Map<String, String> NODE =
      Map.of(
          "node.name", "n1",
          "node.arch", "amd64",
          "node.kernel", "6.1.0-18-amd64",
          "node.cpu_millis", "4000",
          "node.memory_bytes", Long.toString(64L << 30),
          "node.labels.disk", "nvme",
          "node.labels.empty", "",
          "node.labels.version", "1.1",
          "node.labels['a.b/c']", "two words");

  @Test
  void holdsWhereItShould() {
    for (String good :
        List.of(
            "node.arch == amd64",
            "node.arch=='amd64'",
            "node.arch != arm64",
            "node.labels.zone == ''",
            "node.labels.disk in [ssd, nvme]",
            "node.labels.zone not in [a,b]",
            "node.memory_bytes >= 64Gi && !(node.labels.zone == a)",
            "node.memory_bytes == 65536Mi",
            "node.memory_bytes < 1.5t",
            "node.cpu_millis >= 500m",
            "node.cpu_millis == 4000m",
            "has(node.labels.disk)",
            "!has(node.labels.gpu)",
            "!has(node.labels.empty)",
            "!!(node.name == n1)",
            "node.labels.a.b/c == \"two words\"",
            "node.labels [ 'a.b/c' ] == 'two words'",
            "node.labels.version == 1.10",
            "node.labels.version != '1.10'",
            "node.os == linux || node.name == n1 && node.arch == amd64",
            "(node.os == linux || node.name == n1) && node.arch == amd64")) {
      assertTrue(holds(good), good);
    }
  }

  @Test
  void doesNotHoldWhereItShouldNot() {
    for (String bad :
        List.of(
            "node.arch == AMD64",
            "node.kernel >= 5",
            "node.kernel < 5",
            "node.labels.zone < 1",
            "node.labels.zone >= 0",
            "node.memory_bytes > 64Gi",
            "node.labels.disk not in [ssd, nvme]",
            "has(node.labels.empty)",
            "(node.name == n1 || node.os == linux) && node.arch == arm64")) {
      assertFalse(holds(bad), bad);
    }
  }

  @Test
  void writesItselfCanonically() {
    canonical("node.arch == amd64", " (( node.arch=='amd64' ))\n");
    canonical(
        "node.os == a && node.os == b || node.os == c", "(node.os==a&&node.os==b)||node.os==c");
    canonical(
        "(node.os == a || node.os == b) && !has(node.name)",
        "(node.os==a||node.os==b)&&!has( node.name )");
    canonical("node.labels['a.b'] in [a, '5', 5, 'b c']", "node.labels.a.b in ['a','5',5,\"b c\"]");
    canonical("node.labels.zone not in [\"it's\"]", "node.labels['zone'] not in [\"it's\"]");
  }

  @Test
  void saysWhatIsWrongAndWhere() {
    wrong("", 1, "expected an attribute (node.name, ", "found the end");
    wrong("node.arch = x", 11, "expected ==, !=, <, <=, >, >=, in or not in, found \"=\"");
    wrong("node.arch", 10, "expected ==, ", "found the end");
    wrong("node.arhc == x", 1, "expected an attribute (", "found \"node.arhc\"");
    wrong("amd64 == node.arch", 1, "expected an attribute (");
    wrong("node.labels == x", 13, "expected .KEY or ['KEY'] after node.labels");
    wrong("node.labels['-'] == x", 13, "expected the key of a label in quotes");
    wrong("node.arch ==", 13, "expected a word or a number after ==, found the end");
    wrong("node.arch == a b", 16, "expected &&, || or the end, found \"b\"");
    wrong("node.arch == a & b", 16, "expected &&, || or the end, found \"&\"");
    wrong("node.arch == 'a", 14, "expected the quote ' to be closed");
    wrong("node.arch in a", 14, "expected [ and a list of words");
    wrong("node.arch in []", 15, "expected a word");
    wrong("node.arch in [a b]", 17, "expected , or ]");
    wrong("node.arch not [a]", 15, "expected in after not");
    wrong("!node.arch == a", 2, "expected ( or has( after !");
    wrong("(node.arch == a", 16, "expected &&, || or ), found the end");
    wrong("has node.arch", 5, "expected ( after has");
    wrong("node.memory_bytes > '64Gi'", 21, "expected a number such as 4 or 64Gi, without quotes");
    wrong("node.cpu_millis > 64Gi", 19, "expected a number");
    wrong("node.arch == '\u0007'", 14, "expected a word of at most 255 printable characters");
    assertEquals(
        "value: \"node.arch = x\" at 11: expected ==, !=, <, <=, >, >=, in or not in, found \"=\"",
        assertThrows(ExpressionException.class, () -> Expression.parse("node.arch = x"))
            .getMessage());
  }

  @Test
  void keepsItsBounds() {
    String leaf = "node.arch == a";
    Expression.parse("(".repeat(32) + leaf + ")".repeat(32));
    wrong("(".repeat(33) + leaf + ")".repeat(33), 33, "at most 32 levels of ( and !");
    wrong("!".repeat(100) + "has(node.arch)", 33, "at most 32 levels of ( and !");
    Expression.parse("node.arch in [" + "a,".repeat(254) + "a]");
    wrong("node.arch in [" + "a,".repeat(255) + "a]", 525, "at most 256 conditions");
    Expression.parse(leaf + " ".repeat(1024 - leaf.length()));
    wrong(leaf + " ".repeat(1025 - leaf.length()), 1025, "at most 1024 characters");
  }

  @Test
  void knowsItsAttributes() {
    assertEquals(
        "[node.arch, node.labels.a, node.labels['b.c'], node.name]",
        Expression.parse(
                "node.name == a || !has(node.labels.b.c) && (node.arch in [x] || node.name == b)"
                    + " && node.labels.a > 3")
            .attributes()
            .toString());
  }

  @Test
  void hashesAreTheSameInEveryJvm() {
    int attribute = 31 * "node.arch".hashCode();
    int literal = new Literal.Word("a").hashCode();
    assertEquals(attribute, Attribute.parse("node.arch").hashCode());
    assertEquals(
        31 * (31 * attribute + "==".hashCode()) + literal,
        Expression.parse("node.arch == a").hashCode());
  }

  @Test
  void attributesAreStrict() {
    assertEquals(Attribute.label("zone"), Attribute.parse(" node.labels['zone'] "));
    assertEquals(Attribute.NAME, Attribute.parse("node.name"));
    for (String bad : List.of("", "node", "node.labels.", "node.labels", "node.name x", "zone")) {
      assertThrows(ExpressionException.class, () -> Attribute.parse(bad), bad);
    }
  }

  private static boolean holds(String text) {
    return Expression.parse(text).test(name -> NODE.getOrDefault(name.toString(), ""));
  }

  private static void canonical(String expected, String text) {
    assertEquals(expected, Expression.parse(text).toString());
  }

  private static void wrong(String text, int column, String... parts) {
    ExpressionException e =
        assertThrows(ExpressionException.class, () -> Expression.parse(text), text);
    assertEquals(column, e.column(), e.getMessage());
    for (String part : parts) {
      assertTrue(e.toString().contains(part), e.toString());
    }
  }
}
