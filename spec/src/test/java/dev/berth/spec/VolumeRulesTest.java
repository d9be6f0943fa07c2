package dev.berth.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.berth.v1.PruneVolumesRequest;
import dev.berth.v1.VolumeSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class VolumeRulesTest {
  private static List<String> paths(VolumeSpec.Builder volume) {
    return VolumeRules.validate(volume.build()).stream().map(Violation::fieldPath).toList();
  }

  @Test
  void takesWhatDockerTakes() {
    VolumeSpec.Builder good =
        VolumeSpec.newBuilder()
            .setName("shop_data.1")
            .setDriver("vieux/sshfs:latest")
            .putOptions("device", ":/exports/shop")
            .putLabels("com.example.team", "");
    assertEquals(List.of(), paths(good));
  }

  @Test
  void refusesNamesAndOptionsThatLeadElsewhere() {
    assertEquals(List.of("name"), paths(VolumeSpec.newBuilder()));
    assertEquals(List.of("name"), paths(VolumeSpec.newBuilder().setName("../etc")));
    assertEquals(List.of("driver"), paths(VolumeSpec.newBuilder().setName("a").setDriver("a b")));
    assertEquals(
        List.of("options[\"a=b\"]"),
        paths(VolumeSpec.newBuilder().setName("a").putOptions("a=b", "c")));
    assertEquals(
        List.of("labels[\"a\"]"),
        paths(VolumeSpec.newBuilder().setName("a").putLabels("a", "\u001b[2J")));
  }

  @Test
  void neverSaysTheValueOfAnOption() {
    String said =
        VolumeRules.validate(
                VolumeSpec.newBuilder().setName("a").putOptions("password", "s3cret\n").build())
            .toString();
    assertFalse(said.contains("s3cret"), said);
  }

  @Test
  void lookupsTakeNamesThatRuntimesMade() {
    assertNull(VolumeRules.lookupProblem("ab".repeat(32)));
    assertNotNull(VolumeRules.lookupProblem("a/b"));
    assertNotNull(VolumeRules.lookupProblem("a".repeat(256)));
    assertNotNull(VolumeRules.lookupProblem(""));
  }

  @Test
  void filtersNeedAKey() {
    var bad = PruneVolumesRequest.newBuilder().addLabels("=x").addExcludedLabels("").build();
    assertEquals(
        List.of("labels", "excluded_labels"),
        VolumeRules.validate(bad).stream().map(Violation::fieldPath).toList());
  }
}
