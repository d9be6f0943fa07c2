package dev.berth.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.v1.ContainerSpec;
import dev.berth.v1.DeviceCount;
import dev.berth.v1.DisruptionBudget;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.Mount;
import dev.berth.v1.Placement;
import dev.berth.v1.PlacementStrategy;
import dev.berth.v1.Preference;
import dev.berth.v1.Resources;
import dev.berth.v1.TaintEffect;
import dev.berth.v1.Toleration;
import dev.berth.v1.WorkloadAffinity;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class PlacementRulesTest {
  private static final String EXPRESSION = "node.arch == amd64";

  @Test
  void acceptsEverythingThatTheContractKnows() {
    WorkloadSpec spec =
        good()
            .setPriority(100)
            .setDisruptionBudget(DisruptionBudget.getDefaultInstance())
            .setResources(Resources.newBuilder().addDevices(device("gpu", 64)))
            .setPlacement(
                Placement.newBuilder()
                    .addRequire("node.memory_bytes >= 64Gi && !(node.labels.zone == a)")
                    .addPrefer(Preference.newBuilder().setExpression(EXPRESSION).setWeight(-100))
                    .addSpread("node.labels['a.b/c']")
                    .addAffinity(WorkloadAffinity.newBuilder().setWithin("node.name"))
                    .addAntiAffinity(
                        WorkloadAffinity.newBuilder()
                            .setWorkload("db")
                            .setWithin("node.labels.zone")
                            .setWeight(100))
                    .addTolerations(Toleration.getDefaultInstance())
                    .addTolerations(
                        Toleration.newBuilder()
                            .setKey("gpu")
                            .setValue("")
                            .setEffect(TaintEffect.TAINT_EFFECT_NO_EXECUTE))
                    .setStrategy(PlacementStrategy.PLACEMENT_STRATEGY_SPREAD))
            .build();
    assertEquals(List.of(), SpecValidator.validate(spec));
    assertEquals(List.of(), SpecValidator.validate(WorkloadDefaults.fill(spec)));
    assertEquals(List.of(device("gpu", 64)), WorkloadDefaults.requested(spec).getDevicesList());
  }

  @Test
  void aLocalVolumeMayBeFenced() {
    WorkloadSpec spec =
        good()
            .addMounts(Mount.newBuilder().setTarget("/data").setVolume("v"))
            .setLostPolicy(LostPolicy.LOST_POLICY_FENCE)
            .build();
    assertEquals(List.of(), SpecValidator.validate(spec));
    assertEquals(LostPolicy.LOST_POLICY_FENCE, WorkloadDefaults.fill(spec).getLostPolicy());
  }

  @Test
  void keepsWhatIsSaidWhenItFillsDefaults() {
    WorkloadSpec spec =
        good()
            .setPriority(1)
            .setPlacement(
                Placement.newBuilder().setStrategy(PlacementStrategy.PLACEMENT_STRATEGY_SPREAD))
            .build();
    WorkloadSpec filled = WorkloadDefaults.fill(spec);
    assertEquals(1, filled.getPriority());
    assertEquals(spec.getPlacement(), filled.getPlacement());
    assertEquals(false, WorkloadDefaults.fill(good().build()).hasPlacement());
  }

  @Test
  void refusesExpressionsAndSaysWhere() {
    refuses(
        spec -> spec.getPlacementBuilder().addRequire(EXPRESSION).addRequire("node.arch = x"),
        "placement.require[1]: value: \"node.arch = x\" at 11: expected ==, !=, <, <=, >, >=, in or"
            + " not in, found \"=\"");
    refuses(
        spec ->
            spec.getPlacementBuilder()
                .addPrefer(Preference.newBuilder().setExpression("gpu").setWeight(1)),
        "placement.prefer[0].expression: value: \"gpu\" at 1: expected an attribute (node.name,"
            + " node.arch, node.os, node.agent_version, node.kernel, node.cpu_millis,"
            + " node.memory_bytes, node.labels.KEY), found \"gpu\"");
    refuses(
        spec -> spec.getPlacementBuilder().addSpread("node.name zone"),
        "placement.spread[0]: value: \"node.name zone\" at 11: expected nothing after the"
            + " attribute, found \"zone\"");
    refuses(
        spec ->
            spec.getPlacementBuilder()
                .addAffinity(WorkloadAffinity.newBuilder().setWithin("node.labels")),
        "placement.affinity[0].within: value: \"node.labels\" at 12: expected .KEY or ['KEY'] after"
            + " node.labels, found the end");
  }

  @Test
  void refusesNumbersAndWordsOutOfBounds() {
    refuses(
        spec -> spec.getPlacementBuilder().addPrefer(preference(0)),
        "placement.prefer[0].weight: value: 0 (expected: -100 to 100 and not 0)");
    refuses(
        spec -> spec.getPlacementBuilder().addPrefer(preference(-101)),
        "placement.prefer[0].weight: value: -101 (expected: -100 to 100 and not 0)");
    refuses(
        spec ->
            spec.getPlacementBuilder()
                .addAntiAffinity(
                    WorkloadAffinity.newBuilder().setWithin("node.name").setWeight(101)),
        "placement.anti_affinity[0].weight: value: 101 (expected: 0 to 100)");
    refuses(
        spec ->
            spec.getPlacementBuilder()
                .addAffinity(
                    WorkloadAffinity.newBuilder().setWorkload("Db").setWithin("node.name")),
        "placement.affinity[0].workload: value: \"Db\" (expected: 1 to 48 lower-case letters,"
            + " digits and inner dashes)");
    refuses(
        spec ->
            spec.getPlacementBuilder()
                .addTolerations(Toleration.newBuilder().setKey("a b").setEffectValue(9)),
        "placement.tolerations[0].key: value: \"a b\" (expected: 1 to 63 letters, digits, '.', '_',"
            + " '/' and '-', a letter or digit at the ends)",
        "placement.tolerations[0].effect: value: 9 (expected: no-schedule or no-execute)");
    refuses(
        spec -> spec.getPlacementBuilder().setStrategyValue(3),
        "placement.strategy: value: 3 (expected: bin-pack or spread)");
    refuses(spec -> spec.setPriority(101), "priority: value: 101 (expected: 0 to 100)");
    refuses(
        spec -> spec.getDisruptionBudgetBuilder().setMaxUnavailable(10_001),
        "disruption_budget.max_unavailable: value: 10001 (expected: 0 to 10000)");
    refuses(
        spec ->
            spec.getResourcesBuilder()
                .addDevices(device("gpu", 0))
                .addDevices(device("gpu", 65))
                .addDevices(device("GPU", 1)),
        "resources.devices[0].count: value: 0 (expected: 1 to 64)",
        "resources.devices[1].name: value: \"gpu\" (expected: a name used once)",
        "resources.devices[1].count: value: 65 (expected: 1 to 64)",
        "resources.devices[2].name: value: \"GPU\" (expected: 1 to 63 lower-case letters, digits"
            + " and inner dashes)");
  }

  @Test
  void refusesMoreThanThereMayBe() {
    WorkloadAffinity other = WorkloadAffinity.newBuilder().setWithin("node.name").build();
    WorkloadSpec.Builder spec = good();
    spec.getPlacementBuilder()
        .addAllRequire(Collections.nCopies(33, EXPRESSION))
        .addAllPrefer(Collections.nCopies(33, preference(1)))
        .addAllSpread(Collections.nCopies(5, "node.name"))
        .addAllAffinity(Collections.nCopies(17, other))
        .addAllAntiAffinity(Collections.nCopies(17, other))
        .addAllTolerations(Collections.nCopies(33, Toleration.getDefaultInstance()));
    for (int i = 0; i < 17; i++) {
      spec.getResourcesBuilder().addDevices(device("d" + i, 1));
    }
    assertEquals(
        List.of(
            "resources.devices: count: 17 (expected: at most 16 sorts of devices)",
            "placement.require: count: 33 (expected: at most 32 expressions)",
            "placement.prefer: count: 33 (expected: at most 32 wishes)",
            "placement.spread: count: 5 (expected: at most 4 attributes)",
            "placement.affinity: count: 17 (expected: at most 16 workloads)",
            "placement.anti_affinity: count: 17 (expected: at most 16 workloads)",
            "placement.tolerations: count: 33 (expected: at most 32 tolerations)"),
        problems(spec));
  }

  private static void refuses(Consumer<WorkloadSpec.Builder> change, String... problems) {
    WorkloadSpec.Builder spec = good();
    change.accept(spec);
    assertEquals(List.of(problems), problems(spec));
  }

  private static List<String> problems(WorkloadSpec.Builder spec) {
    return SpecValidator.validate(spec.build()).stream().map(Violation::toString).toList();
  }

  private static Preference preference(int weight) {
    return Preference.newBuilder().setExpression(EXPRESSION).setWeight(weight).build();
  }

  private static DeviceCount device(String name, int count) {
    return DeviceCount.newBuilder().setName(name).setCount(count).build();
  }

  private static WorkloadSpec.Builder good() {
    return WorkloadSpec.newBuilder()
        .setType(WorkloadType.WORKLOAD_TYPE_SERVICE)
        .setReplicas(1)
        .setContainer(ContainerSpec.newBuilder().setImage("berth/demo"));
  }
}
