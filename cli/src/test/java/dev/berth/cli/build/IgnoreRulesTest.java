package dev.berth.cli.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Docker's rules, by the examples of its documentation and its own tests.
class IgnoreRulesTest {
  private static IgnoreRules rules(String... lines) {
    return IgnoreRules.parse(List.of(lines), List.of(".dockerignore", "Dockerfile"));
  }

  private static List<String> left(IgnoreRules rules, String... paths) {
    return Stream.of(paths).filter(rules::takes).toList();
  }

  @Test
  void aPatternFitsItsPathAndAllThatIsBelowAndNothingElse() {
    IgnoreRules rules = rules("# comment", "", "*/temp*", "temp?", "/target/", "./a/../b");
    assertEquals(
        List.of("temporary", "x/y/temp", "src/target", "a"),
        left(
            rules,
            "some/temporary.txt",
            "some/temp/file",
            "temporary",
            "tempa",
            "temp1",
            "x/y/temp",
            "target",
            "target/classes/A.class",
            "src/target",
            "a",
            "b"));
  }

  @Test
  void twoStarsFitAnyNumberOfDirectories() {
    assertEquals(
        List.of("go", "a.gox"),
        left(rules("**/*.go"), "a.go", "x/a.go", "x/y/a.go", "go", "a.gox"));
    assertEquals(List.of("a"), left(rules("a/**"), "a", "a/b", "a/b/c"));
    assertEquals(List.of("a/c"), left(rules("a/**/b"), "a/b", "a/x/b", "a/x/y/b", "a/c"));
  }

  @Test
  void theLastLineThatFitsCounts() {
    IgnoreRules rules = rules("*.md", "!README*.md", "README-secret.md");
    assertEquals(
        List.of("README.md", "README-x.md", "a.txt"),
        left(rules, "b.md", "README.md", "README-x.md", "README-secret.md", "a.txt"));
    IgnoreRules other = rules("*", "!docs/guide");
    assertFalse(other.takes("docs"));
    assertTrue(other.looksInto("docs"));
    assertFalse(other.looksInto("src"));
    assertTrue(other.takes("docs/guide/one.md"));
    assertFalse(other.takes("docs/other.md"));
  }

  @Test
  void whatTheBuilderNeedsIsSentWhateverTheFileSays() {
    IgnoreRules rules = rules("*", "Dockerfile", ".dockerignore");
    assertEquals(
        List.of("Dockerfile", ".dockerignore"),
        left(rules, "Dockerfile", ".dockerignore", "Dockerfile.other"));
  }

  @Test
  void charactersThatMeanSomethingElsewhereMeanThemselves() {
    assertEquals(List.of("axb", "ab"), left(rules("a+b", "a.b", "(x)"), "a+b", "a.b", "axb", "ab"));
    assertEquals(List.of("c.log"), left(rules("[ab].log"), "a.log", "b.log", "c.log"));
    assertEquals(List.of("a.log"), left(rules("[^a].log"), "a.log", "b.log"));
    assertEquals(List.of("ax"), left(rules("a\\*"), "a*", "ax"));
    assertEquals(List.of("ab"), left(rules("a[b"), "a[b", "ab"));
  }
}
