package dev.berth.cli.image;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.term.FailureException;
import org.junit.jupiter.api.Test;

class ReferencePatternTest {
  private static boolean fits(String pattern, String name) {
    int colon = name.indexOf(':', name.lastIndexOf('/') + 1);
    return ReferencePattern.of(pattern).fits(name, colon < 0 ? name : name.substring(0, colon));
  }

  @Test
  void fitsANameWithItsTagOrWithout() {
    assertTrue(fits("shop", "shop:1"));
    assertTrue(fits("shop:1", "shop:1"));
    assertFalse(fits("shop:1", "shop:12"));
    assertFalse(fits("sho", "shop:1"));
    assertFalse(fits("*", ""));
  }

  @Test
  void starsAndQuestionMarksStopAtSlashes() {
    assertTrue(fits("sh*", "shop:1"));
    assertTrue(fits("shop:2.?", "shop:2.1"));
    assertFalse(fits("shop:2.?", "shop:231"));
    assertTrue(fits("*/*", "team/shop:1"));
    assertFalse(fits("*", "team/shop:1"));
    assertTrue(fits("host:5000/team/*", "host:5000/team/shop:1"));
  }

  @Test
  void classesAreOfTheseCharactersAndDotsAreDots() {
    assertTrue(fits("shop:[1-3]", "shop:2"));
    assertFalse(fits("shop:[1-3]", "shop:4"));
    assertTrue(fits("shop:[^1-3]", "shop:4"));
    assertFalse(fits("a.b", "axb:1"));
    assertThrows(FailureException.class, () -> ReferencePattern.of("shop:[1"));
  }
}
