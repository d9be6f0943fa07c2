package dev.berth.client.stack;

import dev.berth.spec.Names;
import dev.berth.spec.placement.Attribute;
import dev.berth.spec.placement.Expression;
import dev.berth.spec.placement.ExpressionException;
import dev.berth.v1.Placement;
import dev.berth.v1.PlacementStrategy;
import dev.berth.v1.Preference;
import dev.berth.v1.TaintEffect;
import dev.berth.v1.Toleration;
import dev.berth.v1.WorkloadAffinity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The fields of a placement.
final class PlacementFields {
  private PlacementFields() {}

  static ObjectShape<Placement.Builder> placement() {
    List<Field<Placement.Builder, ?>> fields = new ArrayList<>(nodes());
    fields.addAll(neighbours());
    return new ObjectShape<>(
        Placement::newBuilder,
        List.copyOf(fields),
        List.of(),
        List.of(),
        Map.of(
            "nodeLabels",
            "labels are asked for by expressions (expected: require: [\"node.labels.disk =="
                + " ssd\"])"));
  }

  private static List<Field<Placement.Builder, ?>> nodes() {
    return List.of(
        new Field<>(
            "require",
            "require",
            "Expressions that the node must satisfy, all of them, at most 32.",
            new ListShape<>(
                expression(), "a list of expressions such as [\"node.arch == amd64\"]", 32),
            Placement.Builder::addAllRequire),
        new Field<>(
            "prefer",
            "prefer",
            "Wishes with weights, at most 32.",
            new ListShape<>(preference(), "a list of wishes with expr and weight", 32),
            (placement, wishes) -> wishes.forEach(placement::addPrefer)),
        new Field<>(
            "spread",
            "spread",
            "Attributes over whose values the slots are spread as evenly as there is room; the"
                + " first counts most. At most 4.",
            new ListShape<>(attribute(), "a list of attributes such as [node.labels.zone]", 4),
            Placement.Builder::addAllSpread));
  }

  private static List<Field<Placement.Builder, ?>> neighbours() {
    return List.of(
        new Field<>(
            "affinity",
            "affinity",
            "Workloads to be near to, at most 16.",
            workloads(),
            (placement, others) -> others.forEach(placement::addAffinity)),
        new Field<>(
            "antiAffinity",
            "anti_affinity",
            "Workloads to be away from, at most 16; they are kept away from this one, too.",
            workloads(),
            (placement, others) -> others.forEach(placement::addAntiAffinity)),
        new Field<>(
            "tolerations",
            "tolerations",
            "Taints of nodes that do not matter, at most 32.",
            new ListShape<>(toleration(), "a list of tolerations", 32),
            (placement, taints) -> taints.forEach(placement::addTolerations)),
        new Field<>(
            "strategy",
            "strategy",
            "Which of equally good nodes is taken: bin-pack (the fullest, the default) or"
                + " spread (the emptiest).",
            Scalars.choice(
                Scalars.words(
                    List.of("bin-pack", "spread"),
                    List.of(
                        PlacementStrategy.PLACEMENT_STRATEGY_BIN_PACK,
                        PlacementStrategy.PLACEMENT_STRATEGY_SPREAD))),
            Placement.Builder::setStrategy));
  }

  private static ObjectShape<Preference.Builder> preference() {
    return new ObjectShape<>(
        Preference::newBuilder,
        List.of(
            new Field<>(
                "expr",
                "expression",
                "What is wished for.",
                expression(),
                Preference.Builder::setExpression),
            new Field<>(
                "weight",
                "weight",
                "How much it counts, -100 to 100 and not 0; negative: such nodes are avoided.",
                Scalars.integer(-100, 100),
                Preference.Builder::setWeight)),
        List.of("expr", "weight"),
        List.of(),
        Map.of("expression", "it is called \"expr\""));
  }

  private static ListShape<WorkloadAffinity.Builder> workloads() {
    ObjectShape<WorkloadAffinity.Builder> other =
        new ObjectShape<>(
            WorkloadAffinity::newBuilder,
            List.of(
                new Field<>(
                    "workload",
                    "workload",
                    "Name of a workload of the same namespace; absent: this workload itself.",
                    Scalars.name("a name", StackFields.NAME_PATTERN, Names::workloadProblem),
                    WorkloadAffinity.Builder::setWorkload),
                new Field<>(
                    "within",
                    "within",
                    "Two nodes are near when they have the same value of this attribute, such as"
                        + " node.name or node.labels.zone.",
                    attribute(),
                    WorkloadAffinity.Builder::setWithin),
                new Field<>(
                    "weight",
                    "weight",
                    "How much it counts as a wish, 1 to 100; 0 or absent: it must be so.",
                    Scalars.integer(0, 100),
                    WorkloadAffinity.Builder::setWeight)),
            List.of("within"),
            List.of(),
            Map.of());
    return new ListShape<>(other, "a list of workloads and what they are near within", 16);
  }

  private static ObjectShape<Toleration.Builder> toleration() {
    return new ObjectShape<>(
        Toleration::newBuilder,
        List.of(
            new Field<>(
                "key",
                "key",
                "Key of the taint; absent: any.",
                Scalars.name("a key", StackFields.LABEL_PATTERN, Names::labelKeyProblem),
                Toleration.Builder::setKey),
            new Field<>(
                "value",
                "value",
                "Value of the taint; absent: any.",
                Scalars.word(),
                Toleration.Builder::setValue),
            new Field<>(
                "effect",
                "effect",
                "Effect of the taint, no-schedule or no-execute; absent: any.",
                Scalars.choice(
                    Scalars.words(
                        List.of("no-schedule", "no-execute"),
                        List.of(
                            TaintEffect.TAINT_EFFECT_NO_SCHEDULE,
                            TaintEffect.TAINT_EFFECT_NO_EXECUTE))),
                Toleration.Builder::setEffect)),
        List.of(),
        List.of(),
        Map.of());
  }

  private static Shape<String> expression() {
    return parsed("an expression such as \"node.arch == amd64\"", Expression::parse);
  }

  private static Shape<String> attribute() {
    return parsed("an attribute such as node.name or node.labels.zone", Attribute::parse);
  }

  private static Shape<String> parsed(String expected, Consumer<String> parser) {
    return Scalars.text(
        expected,
        text -> {
          try {
            parser.accept(text);
            return null;
          } catch (ExpressionException e) {
            return e.getMessage();
          }
        });
  }
}
