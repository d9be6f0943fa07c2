package dev.berth.spec;

import dev.berth.v1.Taint;
import dev.berth.v1.TaintEffect;

/// Taints as people write them: `gpu=a100:no-schedule`, `broken:no-execute`.
public final class Taints {
  private static final String EXPECTED = "KEY=VALUE:no-schedule or KEY=VALUE:no-execute";

  private Taints() {}

  /// Reads `KEY=VALUE:EFFECT`; without `=` the value is empty.
  ///
  /// @throws IllegalArgumentException with what is wrong, as `value: "x" (expected: …)`
  public static Taint parse(String text) {
    int colon = text.lastIndexOf(':');
    String effect = text.substring(colon + 1);
    int equals = text.indexOf('=');
    String key = text.substring(0, equals >= 0 && equals < colon ? equals : Math.max(colon, 0));
    String value = equals >= 0 && equals < colon ? text.substring(equals + 1, colon) : "";
    if (colon < 1 || Names.labelKeyProblem(key) != null || Names.labelValueProblem(value) != null) {
      throw wrong(text, EXPECTED);
    }
    return Taint.newBuilder().setKey(key).setValue(value).setEffect(effect(effect, text)).build();
  }

  /// Writes a taint so that [#parse] reads the same.
  public static String format(Taint taint) {
    String value = taint.getValue().isEmpty() ? "" : "=" + taint.getValue();
    return taint.getKey() + value + ":" + word(taint.getEffect());
  }

  /// The effect's word: `no-schedule`, `no-execute`; `unknown` for all others.
  public static String word(TaintEffect effect) {
    return switch (effect) {
      case TAINT_EFFECT_NO_SCHEDULE -> "no-schedule";
      case TAINT_EFFECT_NO_EXECUTE -> "no-execute";
      case TAINT_EFFECT_UNSPECIFIED, UNRECOGNIZED -> "unknown";
    };
  }

  /// The effect of a word.
  ///
  /// @throws IllegalArgumentException with what is wrong, as `value: "x" (expected: …)`
  public static TaintEffect effect(String word) {
    return effect(word, word);
  }

  private static TaintEffect effect(String word, String shown) {
    return switch (word) {
      case "no-schedule" -> TaintEffect.TAINT_EFFECT_NO_SCHEDULE;
      case "no-execute" -> TaintEffect.TAINT_EFFECT_NO_EXECUTE;
      default -> throw wrong(shown, shown.equals(word) ? "no-schedule or no-execute" : EXPECTED);
    };
  }

  private static IllegalArgumentException wrong(String text, String expected) {
    return new IllegalArgumentException(
        "value: " + Printable.quote(text) + " (expected: " + expected + ")");
  }
}
