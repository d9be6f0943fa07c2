package dev.berth.spec;

import dev.berth.v1.Taint;
import dev.berth.v1.TaintEffect;
import dev.berth.v1.Toleration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The bounds of taints and tolerations, and which tolerates which.
public final class TaintRules {
  /// The most taints of a node, and the most tolerations of a workload.
  public static final int COUNT_MAX = 32;

  private TaintRules() {}

  /// Everything that is wrong with a node's taints: at most 32, with keys and values as of labels,
  /// an effect, and no pair of key and effect twice.
  ///
  /// @param path of the list, with which the findings' paths begin: `node.taints`
  public static List<Violation> validate(String path, List<Taint> taints) {
    Findings findings = new Findings();
    findings.count(path, taints.size(), COUNT_MAX, "taints");
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < taints.size(); i++) {
      Taint taint = taints.get(i);
      String where = path + "[" + i + "]";
      findings.check(where + ".key", Names.labelKeyProblem(taint.getKey()));
      findings.check(where + ".value", Names.labelValueProblem(taint.getValue()));
      if (taint.getEffect() == TaintEffect.TAINT_EFFECT_UNSPECIFIED
          || taint.getEffect() == TaintEffect.UNRECOGNIZED) {
        findings.add(where + ".effect", effect(taint.getEffectValue()));
      }
      if (!seen.add(taint.getKey() + '\n' + taint.getEffectValue())) {
        findings.add(
            where,
            "value: "
                + Printable.quote(Taints.format(taint))
                + " (expected: each pair of key and effect once)");
      }
    }
    return findings.asList();
  }

  /// True when the taint does not matter to a workload with these tolerations.
  public static boolean tolerates(List<Toleration> tolerations, Taint taint) {
    for (Toleration toleration : tolerations) {
      if (tolerates(toleration, taint)) {
        return true;
      }
    }
    return false;
  }

  private static boolean tolerates(Toleration toleration, Taint taint) {
    boolean key = toleration.getKey().isEmpty() || toleration.getKey().equals(taint.getKey());
    boolean value = !toleration.hasValue() || toleration.getValue().equals(taint.getValue());
    boolean effect =
        toleration.getEffect() == TaintEffect.TAINT_EFFECT_UNSPECIFIED
            || toleration.getEffect() == taint.getEffect();
    return key && value && effect;
  }

  static void check(String path, Toleration toleration, Findings findings) {
    if (!toleration.getKey().isEmpty()) {
      findings.check(path + ".key", Names.labelKeyProblem(toleration.getKey()));
    }
    findings.check(path + ".value", Names.labelValueProblem(toleration.getValue()));
    if (toleration.getEffect() == TaintEffect.UNRECOGNIZED) {
      findings.add(path + ".effect", effect(toleration.getEffectValue()));
    }
  }

  private static String effect(int value) {
    return "value: " + value + " (expected: no-schedule or no-execute)";
  }
}
