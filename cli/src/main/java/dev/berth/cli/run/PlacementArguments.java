package dev.berth.cli.run;

import dev.berth.cli.term.FailureException;
import dev.berth.spec.Names;
import dev.berth.spec.Printable;
import dev.berth.spec.Taints;
import dev.berth.spec.placement.Attribute;
import dev.berth.spec.placement.Expression;
import dev.berth.spec.placement.Literal;
import dev.berth.spec.placement.Operator;
import dev.berth.v1.Placement;
import dev.berth.v1.PlacementStrategy;
import dev.berth.v1.Preference;
import dev.berth.v1.Toleration;
import dev.berth.v1.WorkloadAffinity;
import java.util.Map;
import java.util.function.Function;

/// Makes a placement of the options of `berth run`.
final class PlacementArguments {
  private static final int WEIGHT = 50;

  private PlacementArguments() {}

  /// The placement; empty when no option says anything.
  ///
  /// @throws FailureException with exit code 2
  static Placement parse(PlacementOptions options) {
    Placement.Builder placement = Placement.newBuilder();
    for (String text : options.require) {
      placement.addRequire(read("--require", text, PlacementArguments::expression));
    }
    for (Map.Entry<String, String> label :
        RunSpec.pairs("--node-label", options.nodeLabels).entrySet()) {
      placement.addRequire(read("--node-label", label, PlacementArguments::labelled));
    }
    for (String text : options.prefer) {
      placement.addPrefer(read("--prefer", text, PlacementArguments::preference));
    }
    for (String text : options.spread) {
      placement.addSpread(read("--spread", text, PlacementArguments::attribute));
    }
    for (String text : options.affinity) {
      placement.addAffinity(read("--affinity", text, PlacementArguments::affinity));
    }
    for (String text : options.antiAffinity) {
      placement.addAntiAffinity(read("--anti-affinity", text, PlacementArguments::affinity));
    }
    for (String text : options.tolerations) {
      placement.addTolerations(read("--toleration", text, PlacementArguments::toleration));
    }
    return placement
        .setStrategy(read("--strategy", options.strategy, PlacementArguments::strategy))
        .build();
  }

  private static String expression(String text) {
    var _ = Expression.parse(text);
    return text;
  }

  // In quotes, so that "1.10" is a word here as it is in the label.
  private static String labelled(Map.Entry<String, String> label) {
    Attribute attribute = Attribute.label(label.getKey());
    return new Expression.Compare(attribute, Operator.EQUAL, new Literal.Word(label.getValue()))
        .toString();
  }

  // No expression begins with a number.
  private static Preference preference(String text) {
    int colon = text.indexOf(':');
    boolean weighted = colon > 0 && text.substring(0, colon).matches("[+-]?[0-9]{1,9}");
    return Preference.newBuilder()
        .setWeight(weighted ? Integer.parseInt(text.substring(0, colon)) : WEIGHT)
        .setExpression(expression(weighted ? text.substring(colon + 1) : text))
        .build();
  }

  /// A whole attribute, or in short `node` for its name and `zone` for a label.
  private static String attribute(String text) {
    if (text.equals("node")) {
      return Attribute.NAME.toString();
    }
    boolean label = !text.startsWith("node.") && Names.labelKeyProblem(text) == null;
    return (label ? Attribute.label(text) : Attribute.parse(text)).toString();
  }

  private static WorkloadAffinity affinity(String text) {
    int at = text.indexOf('@');
    int equals = text.lastIndexOf('=');
    String weight = equals > at ? text.substring(equals + 1) : "0";
    if (at < 0 || !weight.matches("[0-9]{1,9}") || (equals > at && weight.equals("0"))) {
      throw wrong(text, "[WORKLOAD]@ATTRIBUTE[=WEIGHT], such as db@zone or @node=20");
    }
    return WorkloadAffinity.newBuilder()
        .setWorkload(text.substring(0, at))
        .setWithin(attribute(text.substring(at + 1, equals > at ? equals : text.length())))
        .setWeight(Integer.parseInt(weight))
        .build();
  }

  private static Toleration toleration(String text) {
    int colon = text.lastIndexOf(':');
    String taint = colon < 0 ? text : text.substring(0, colon);
    int equals = taint.indexOf('=');
    String key = equals < 0 ? taint : taint.substring(0, equals);
    if (key.isEmpty()) {
      throw wrong(text, "KEY[=VALUE][:no-schedule|:no-execute]; * is any key");
    }
    Toleration.Builder toleration = Toleration.newBuilder().setKey(key.equals("*") ? "" : key);
    if (equals >= 0) {
      toleration.setValue(taint.substring(equals + 1));
    }
    if (colon >= 0) {
      toleration.setEffect(Taints.effect(text.substring(colon + 1)));
    }
    return toleration.build();
  }

  private static PlacementStrategy strategy(String text) {
    return switch (text) {
      case "" -> PlacementStrategy.PLACEMENT_STRATEGY_UNSPECIFIED;
      case "bin-pack" -> PlacementStrategy.PLACEMENT_STRATEGY_BIN_PACK;
      case "spread" -> PlacementStrategy.PLACEMENT_STRATEGY_SPREAD;
      default -> throw wrong(text, "bin-pack or spread");
    };
  }

  private static <A, B> B read(String option, A argument, Function<A, B> parser) {
    try {
      return parser.apply(argument);
    } catch (IllegalArgumentException e) {
      throw FailureException.usage(option + ": " + e.getMessage());
    }
  }

  private static IllegalArgumentException wrong(String text, String expected) {
    return new IllegalArgumentException(
        "value: " + Printable.quote(text) + " (expected: " + expected + ")");
  }
}
