package dev.berth.cli.compare;

import dev.berth.v1.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What was found.
///
/// @param setting where and how it was measured
/// @param outcomes of each subject, the lightest first
record Comparison(Setting setting, Map<Kind, Outcome> outcomes) {
  /// Where and how it was measured.
  ///
  /// @param node its name
  /// @param host what it is: "Intel Xeon, 2 CPUs, 8 GiB, Linux 6.1"
  /// @param program what was run
  /// @param rounds how often each was started
  /// @param limits what each got: "1 CPU and 256Mi of memory"
  /// @param accelerated whether machines are: else they are emulated
  record Setting(
      String node, String host, String program, int rounds, String limits, boolean accelerated) {}

  Comparison {
    outcomes = new LinkedHashMap<>(outcomes);
  }

  /// A subject that was measured.
  record Column(String name, Figures figures) {}

  /// What was measured, in order.
  List<Column> columns() {
    return outcomes.entrySet().stream()
        .filter(each -> each.getValue() instanceof Outcome.Measured)
        .map(
            each ->
                new Column(
                    label(each.getKey()),
                    Figures.of(((Outcome.Measured) each.getValue()).rounds())))
        .toList();
  }

  /// What was left out and why: "vm: …".
  List<String> leftOut() {
    return outcomes.entrySet().stream()
        .filter(each -> each.getValue() instanceof Outcome.LeftOut)
        .map(each -> label(each.getKey()) + ": " + ((Outcome.LeftOut) each.getValue()).reason())
        .toList();
  }

  /// What is to be known of the figures: "container: 57 of 120 requests failed, …".
  List<String> remarks() {
    return columns().stream()
        .flatMap(
            each ->
                each.figures().failedLoad().stream()
                    .map(load -> each.name() + ": " + load.problem()))
        .toList();
  }

  private String label(Kind kind) {
    return kind == Kind.KIND_VM
        ? setting.accelerated() ? "vm (KVM)" : "vm (emulated)"
        : Subject.name(kind);
  }
}
