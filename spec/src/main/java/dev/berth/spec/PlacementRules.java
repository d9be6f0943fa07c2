package dev.berth.spec;

import dev.berth.spec.placement.Attribute;
import dev.berth.spec.placement.Expression;
import dev.berth.spec.placement.ExpressionException;
import dev.berth.v1.Placement;
import dev.berth.v1.PlacementStrategy;
import dev.berth.v1.Preference;
import dev.berth.v1.Toleration;
import dev.berth.v1.WorkloadAffinity;
import java.util.List;
import java.util.function.Consumer;

/// The bounds of a placement.
final class PlacementRules {
  private static final int EXPRESSIONS_MAX = 32;
  private static final int SPREAD_MAX = 4;
  private static final int AFFINITIES_MAX = 16;
  private static final int WEIGHT_MAX = 100;

  private PlacementRules() {}

  static void check(String path, Placement placement, Findings findings) {
    texts(
        path + ".require",
        placement.getRequireList(),
        EXPRESSIONS_MAX,
        "expressions",
        Expression::parse,
        findings);
    preferences(path + ".prefer", placement.getPreferList(), findings);
    texts(
        path + ".spread",
        placement.getSpreadList(),
        SPREAD_MAX,
        "attributes",
        Attribute::parse,
        findings);
    affinities(path + ".affinity", placement.getAffinityList(), findings);
    affinities(path + ".anti_affinity", placement.getAntiAffinityList(), findings);
    tolerations(path + ".tolerations", placement.getTolerationsList(), findings);
    if (placement.getStrategy() == PlacementStrategy.UNRECOGNIZED) {
      findings.add(
          path + ".strategy",
          "value: " + placement.getStrategyValue() + " (expected: bin-pack or spread)");
    }
  }

  private static void preferences(String path, List<Preference> wishes, Findings findings) {
    findings.count(path, wishes.size(), EXPRESSIONS_MAX, "wishes");
    for (int i = 0; i < wishes.size(); i++) {
      String where = path + "[" + i + "]";
      read(where + ".expression", wishes.get(i).getExpression(), Expression::parse, findings);
      int weight = wishes.get(i).getWeight();
      if (weight == 0 || weight < -WEIGHT_MAX || weight > WEIGHT_MAX) {
        findings.add(where + ".weight", "value: " + weight + " (expected: -100 to 100 and not 0)");
      }
    }
  }

  private static void affinities(String path, List<WorkloadAffinity> others, Findings findings) {
    findings.count(path, others.size(), AFFINITIES_MAX, "workloads");
    for (int i = 0; i < others.size(); i++) {
      WorkloadAffinity other = others.get(i);
      String where = path + "[" + i + "]";
      if (!other.getWorkload().isEmpty()) {
        findings.check(where + ".workload", Names.workloadProblem(other.getWorkload()));
      }
      read(where + ".within", other.getWithin(), Attribute::parse, findings);
      findings.range(where + ".weight", other.getWeight(), 0, WEIGHT_MAX);
    }
  }

  private static void tolerations(String path, List<Toleration> tolerations, Findings findings) {
    findings.count(path, tolerations.size(), TaintRules.COUNT_MAX, "tolerations");
    for (int i = 0; i < tolerations.size(); i++) {
      TaintRules.check(path + "[" + i + "]", tolerations.get(i), findings);
    }
  }

  private static void texts(
      String path,
      List<String> texts,
      int max,
      String what,
      Consumer<String> parser,
      Findings findings) {
    findings.count(path, texts.size(), max, what);
    for (int i = 0; i < texts.size(); i++) {
      read(path + "[" + i + "]", texts.get(i), parser, findings);
    }
  }

  private static void read(String path, String text, Consumer<String> parser, Findings findings) {
    try {
      parser.accept(text);
    } catch (ExpressionException e) {
      findings.check(path, e.getMessage());
    }
  }
}
