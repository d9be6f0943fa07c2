package dev.berth.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Duration;
import dev.berth.v1.DrainNodeRequest;
import dev.berth.v1.Quota;
import dev.berth.v1.Taint;
import dev.berth.v1.TaintEffect;
import dev.berth.v1.Toleration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What operators may ask: taints, quotas, drains.
class OperatorRulesTest {
  @Test
  void taintsReadBackAsTheyAreWritten() {
    for (String text :
        List.of("gpu=a100:no-schedule", "broken:no-execute", "a.b/c=x:y=z:no-execute")) {
      assertEquals(text, Taints.format(Taints.parse(text)));
    }
    assertEquals("", Taints.parse("gpu=:no-schedule").getValue());
    for (String bad : List.of("", "gpu", "gpu=1", ":no-schedule", "=1:no-schedule", "gpu:evict")) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> Taints.parse(bad), bad);
      assertEquals(
          "value: \"" + bad + "\" (expected: KEY=VALUE:no-schedule or KEY=VALUE:no-execute)",
          refused.getMessage());
    }
  }

  @Test
  void refusesTaintsThatAreWrongOrTwice() {
    Taint gpu = Taints.parse("gpu=a:no-schedule");
    assertEquals(List.of(), TaintRules.validate("node.taints", List.of(gpu)));
    assertEquals(
        List.of(
            "node.taints[0].key: value: \"\" (expected: 1 to 63 letters, digits, '.', '_', '/' and"
                + " '-', a letter or digit at the ends)",
            "node.taints[0].effect: value: 0 (expected: no-schedule or no-execute)",
            "node.taints[2]: value: \"gpu=b:no-schedule\" (expected: each pair of key and effect"
                + " once)"),
        texts(
            TaintRules.validate(
                "node.taints",
                List.of(Taint.getDefaultInstance(), gpu, gpu.toBuilder().setValue("b").build()))));
    assertEquals(
        "node.taints: count: 33 (expected: at most 32 taints)",
        TaintRules.validate("node.taints", Collections.nCopies(33, gpu)).getFirst().toString());
  }

  @Test
  void aTolerationMatchesWhatItNamesAndAnythingElse() {
    Taint taint = Taints.parse("gpu=a:no-execute");
    Toleration any = Toleration.getDefaultInstance();
    Toleration key = Toleration.newBuilder().setKey("gpu").build();
    assertTrue(TaintRules.tolerates(List.of(any), taint));
    assertTrue(TaintRules.tolerates(List.of(key), taint));
    assertTrue(TaintRules.tolerates(List.of(key.toBuilder().setValue("a").build()), taint));
    assertFalse(TaintRules.tolerates(List.of(key.toBuilder().setValue("").build()), taint));
    assertFalse(TaintRules.tolerates(List.of(key.toBuilder().setKey("disk").build()), taint));
    assertFalse(
        TaintRules.tolerates(
            List.of(key.toBuilder().setEffect(TaintEffect.TAINT_EFFECT_NO_SCHEDULE).build()),
            taint));
    assertFalse(TaintRules.tolerates(List.of(), taint));
  }

  @Test
  void quotasHaveBounds() {
    assertEquals(List.of(), QuotaRules.validate("quota", Quota.getDefaultInstance()));
    assertEquals(
        List.of(),
        QuotaRules.validate(
            "quota",
            Quota.newBuilder()
                .setCpuMillis(1L << 53)
                .setMemoryBytes(1L << 60)
                .setInstances(10_000_000)
                .build()));
    assertEquals(
        List.of(
            "quota.cpu_millis: value: 0 (expected: 1 to 9007199254740992)",
            "quota.memory_bytes: value: -1 (expected: 1 to 1152921504606846976)",
            "quota.instances: value: 10000001 (expected: 1 to 10000000)"),
        texts(
            QuotaRules.validate(
                "quota",
                Quota.newBuilder()
                    .setCpuMillis(0)
                    .setMemoryBytes(-1)
                    .setInstances(10_000_001)
                    .build())));
  }

  @Test
  void drainsHaveBounds() {
    DrainNodeRequest good = DrainNodeRequest.newBuilder().setName("n1").build();
    assertEquals(List.of(), DrainRules.validate(good));
    assertEquals(10, DrainRules.maxParallel(good));
    assertEquals(3, DrainRules.maxParallel(good.toBuilder().setMaxParallel(3).build()));
    assertEquals(
        List.of(
            "name: value: \"N\" (expected: 1 to 63 lower-case letters, digits, dashes and dots, as"
                + " in a host name)",
            "deadline: value: 7d1s (expected: 0s to 7d)",
            "max_parallel: value: 1001 (expected: 0 to 1000)"),
        texts(
            DrainRules.validate(
                DrainNodeRequest.newBuilder()
                    .setName("N")
                    .setDeadline(Duration.newBuilder().setSeconds(7 * 86_400 + 1))
                    .setMaxParallel(1001)
                    .build())));
  }

  private static List<String> texts(List<Violation> violations) {
    return violations.stream().map(Violation::toString).toList();
  }
}
