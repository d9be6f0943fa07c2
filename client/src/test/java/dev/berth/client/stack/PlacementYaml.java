package dev.berth.client.stack;

import dev.berth.v1.Placement;
import dev.berth.v1.PlacementStrategy;
import dev.berth.v1.Preference;
import dev.berth.v1.TaintEffect;
import dev.berth.v1.Toleration;
import dev.berth.v1.WorkloadAffinity;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Random good placements, and a writer of them that knows nothing of the table of fields.
final class PlacementYaml {
  private static final String[] EXPRESSIONS = {
    "node.arch == amd64",
    "node.labels['a.b/c'] in [a, 'b c', \"it's\"]",
    "!has(node.labels.gpu) && node.memory_bytes >= 64Gi",
    "node.name != '# no comment'"
  };
  private static final String[] ATTRIBUTES = {
    "node.name", "node.labels.zone", "node.labels['a.b']"
  };

  private PlacementYaml() {}

  static Placement random(RandomGenerator random) {
    Placement.Builder placement = Placement.newBuilder();
    for (int i = random.nextInt(3); i > 0; i--) {
      placement.addRequire(one(EXPRESSIONS, random));
      placement.addPrefer(
          Preference.newBuilder()
              .setExpression(one(EXPRESSIONS, random))
              .setWeight(random.nextBoolean() ? random.nextInt(-100, 0) : random.nextInt(1, 101)));
      placement.addSpread(one(ATTRIBUTES, random));
      placement.addAffinity(affinity(random));
      placement.addAntiAffinity(affinity(random));
      placement.addTolerations(toleration(random));
    }
    return placement.setStrategyValue(random.nextInt(3)).build();
  }

  private static WorkloadAffinity affinity(RandomGenerator random) {
    return WorkloadAffinity.newBuilder()
        .setWorkload(random.nextBoolean() ? "" : "db")
        .setWithin(one(ATTRIBUTES, random))
        .setWeight(random.nextInt(101))
        .build();
  }

  private static Toleration toleration(RandomGenerator random) {
    Toleration.Builder toleration =
        Toleration.newBuilder()
            .setKey(random.nextBoolean() ? "" : "a.b/c")
            .setEffectValue(random.nextInt(3));
    return random.nextBoolean()
        ? toleration.build()
        : toleration.setValue(random.nextBoolean() ? "" : "no \\\"").build();
  }

  /// The placement as a flow mapping.
  static String write(Placement placement) {
    List<String> fields = new ArrayList<>();
    list(fields, "require", placement.getRequireList().stream().map(PlacementYaml::quoted));
    list(
        fields,
        "prefer",
        placement.getPreferList().stream()
            .map(
                wish ->
                    "{expr: "
                        + quoted(wish.getExpression())
                        + ", weight: "
                        + wish.getWeight()
                        + "}"));
    list(fields, "spread", placement.getSpreadList().stream().map(PlacementYaml::quoted));
    list(fields, "affinity", placement.getAffinityList().stream().map(PlacementYaml::write));
    list(
        fields, "antiAffinity", placement.getAntiAffinityList().stream().map(PlacementYaml::write));
    list(fields, "tolerations", placement.getTolerationsList().stream().map(PlacementYaml::write));
    if (placement.getStrategy() != PlacementStrategy.PLACEMENT_STRATEGY_UNSPECIFIED) {
      boolean spread = placement.getStrategy() == PlacementStrategy.PLACEMENT_STRATEGY_SPREAD;
      fields.add("strategy: " + (spread ? "spread" : "bin-pack"));
    }
    return "{" + String.join(", ", fields) + "}";
  }

  private static String write(WorkloadAffinity other) {
    String name = other.getWorkload().isEmpty() ? "" : "workload: " + other.getWorkload() + ", ";
    String weight = other.getWeight() == 0 ? "" : ", weight: " + other.getWeight();
    return "{" + name + "within: " + quoted(other.getWithin()) + weight + "}";
  }

  private static String write(Toleration toleration) {
    List<String> fields = new ArrayList<>();
    if (!toleration.getKey().isEmpty()) {
      fields.add("key: " + quoted(toleration.getKey()));
    }
    if (toleration.hasValue()) {
      fields.add("value: " + quoted(toleration.getValue()));
    }
    if (toleration.getEffect() != TaintEffect.TAINT_EFFECT_UNSPECIFIED) {
      boolean execute = toleration.getEffect() == TaintEffect.TAINT_EFFECT_NO_EXECUTE;
      fields.add("effect: " + (execute ? "no-execute" : "no-schedule"));
    }
    return "{" + String.join(", ", fields) + "}";
  }

  private static void list(List<String> fields, String name, Stream<String> items) {
    List<String> all = items.toList();
    if (!all.isEmpty()) {
      fields.add(name + ": " + all);
    }
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String one(String[] of, RandomGenerator random) {
    return of[random.nextInt(of.length)];
  }
}
