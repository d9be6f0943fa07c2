package dev.berth.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.cli.term.FailureException;
import dev.berth.v1.DeviceCount;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.Placement;
import dev.berth.v1.PlacementStrategy;
import dev.berth.v1.Preference;
import dev.berth.v1.TaintEffect;
import dev.berth.v1.Toleration;
import dev.berth.v1.WorkloadAffinity;
import dev.berth.v1.WorkloadSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class PlacementArgumentsTest {
  @Test
  void understandsWhereSlotsAreToRun() {
    Placement expected =
        Placement.newBuilder()
            .addRequire("node.arch == amd64")
            .addRequire("has(node.labels.gpu)")
            .addRequire("node.labels['a.b/c'] == 'two words'")
            .addRequire("node.labels.version == '1.10'")
            .addPrefer(preference("node.labels.disk == ssd", 50))
            .addPrefer(preference("node.labels.disk == hdd", -20))
            .addSpread("node.labels.zone")
            .addSpread("node.name")
            .addSpread("node.labels['a.b']")
            .addAffinity(affinity("db", "node.labels.zone", 0))
            .addAffinity(affinity("cache", "node.name", 20))
            .addAntiAffinity(affinity("", "node.name", 0))
            .addTolerations(Toleration.newBuilder().setKey("gpu"))
            .addTolerations(
                Toleration.newBuilder()
                    .setKey("team")
                    .setValue("")
                    .setEffect(TaintEffect.TAINT_EFFECT_NO_EXECUTE))
            .addTolerations(Toleration.newBuilder().setEffect(TaintEffect.TAINT_EFFECT_NO_SCHEDULE))
            .setStrategy(PlacementStrategy.PLACEMENT_STRATEGY_SPREAD)
            .build();
    WorkloadSpec spec =
        spec(
            "--require",
            "node.arch == amd64",
            "--require=has(node.labels.gpu)",
            "--node-label",
            "a.b/c=two words",
            "--node-label",
            "version=1.10",
            "--prefer",
            "node.labels.disk == ssd",
            "--prefer=-20:node.labels.disk == hdd",
            "--spread",
            "zone",
            "--spread",
            "node",
            "--spread=node.labels.a.b",
            "--affinity",
            "db@zone",
            "--affinity",
            "cache@node=20",
            "--anti-affinity",
            "@node",
            "--toleration",
            "gpu",
            "--toleration",
            "team=:no-execute",
            "--toleration",
            "*:no-schedule",
            "--strategy",
            "spread");
    assertEquals(expected, spec.getPlacement());
  }

  @Test
  void understandsPriorityDevicesBudgetAndFence() {
    WorkloadSpec spec =
        spec(
            "--priority",
            "70",
            "--device",
            "gpu=2",
            "--device",
            "render",
            "--max-unavailable",
            "0",
            "--lost-policy",
            "fence");
    assertEquals(70, spec.getPriority());
    assertEquals(
        List.of(device("gpu", 2), device("render", 1)), spec.getResources().getDevicesList());
    assertTrue(spec.hasDisruptionBudget());
    assertEquals(0, spec.getDisruptionBudget().getMaxUnavailable());
    assertEquals(LostPolicy.LOST_POLICY_FENCE, spec.getLostPolicy());
    WorkloadSpec plain = spec();
    assertFalse(plain.hasPlacement() || plain.hasDisruptionBudget() || plain.getPriority() != 0);
  }

  @Test
  void refusesWhatCannotBeMeant() {
    refuses(
        "--require: value: \"node.arch = x\" at 11: expected ==, ", "--require", "node.arch = x");
    refuses("--prefer: value: \"50\" at 1: expected an attribute", "--prefer", "50");
    refuses("placement.prefer[0].weight: value: 101", "--prefer", "101:has(node.os)");
    refuses("--node-label: value: \"-x\" (expected: 1 to 63 letters", "--node-label", "-x=1");
    refuses("--node-label: value: \"x\" (expected: KEY=VALUE)", "--node-label", "x");
    refuses("--spread: value: \"node.zone\" at 1: expected an attribute", "--spread", "node.zone");
    refuses("--affinity: value: \"db\" (expected: [WORKLOAD]@ATTRIBUTE", "--affinity", "db");
    refuses("--affinity: value: \"db@zone=0\" (expected: ", "--affinity", "db@zone=0");
    refuses("--affinity: value: \"db@zone=lots\" (expected: ", "--affinity", "db@zone=lots");
    refuses("placement.anti_affinity[0].workload: value: \"D\"", "--anti-affinity", "D@zone");
    refuses("--toleration: value: \"evict\" (expected: no-schedule", "--toleration", "gpu:evict");
    refuses("--toleration: value: \":no-execute\"", "--toleration", ":no-execute");
    refuses("--strategy: value: \"fast\" (expected: bin-pack or", "--strategy", "fast");
    refuses("priority: value: 101 (expected: 0 to 100)", "--priority", "101");
    refuses("--device: value: \"many\" (expected: a whole number)", "--device", "gpu=many");
    refuses("resources.devices[0].count: value: 0", "--device", "gpu=0");
    refuses("--max-unavailable: value: \"-1\"", "--max-unavailable", "-1");
    refuses("--lost-policy: value: \"x\" (expected: replace, hold", "--lost-policy", "x");
  }

  private static void refuses(String beginning, String... options) {
    FailureException refused = assertThrows(FailureException.class, () -> spec(options), beginning);
    assertEquals(2, refused.exitCode());
    assertTrue(String.valueOf(refused.getMessage()).startsWith(beginning), refused.getMessage());
  }

  private static WorkloadSpec spec(String... arguments) {
    RunOptions options = new RunOptions();
    CommandLine.populateCommand(options, arguments);
    return RunSpec.of(options, "demo", List.of(), true, Map.of());
  }

  private static Preference preference(String expression, int weight) {
    return Preference.newBuilder().setExpression(expression).setWeight(weight).build();
  }

  private static WorkloadAffinity affinity(String workload, String within, int weight) {
    return WorkloadAffinity.newBuilder()
        .setWorkload(workload)
        .setWithin(within)
        .setWeight(weight)
        .build();
  }

  private static DeviceCount device(String name, int count) {
    return DeviceCount.newBuilder().setName(name).setCount(count).build();
  }
}
