package dev.berth.cli.verb;

import dev.berth.cli.term.FailureException;
import dev.berth.spec.Printable;
import dev.berth.spec.Quantity;
import dev.berth.spec.QuotaRules;
import dev.berth.spec.Violation;
import dev.berth.v1.Quota;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/// The options that limit what a namespace may reserve.
final class QuotaOptions {
  private static final String NONE = "none";

  @Option(
      names = "--cpu",
      paramLabel = "N|none",
      description = "Most CPUs that its instances may reserve together, such as 8 or 500m.")
  private String cpu = "";

  @Option(
      names = "--memory",
      paramLabel = "SIZE|none",
      description = "Most memory that they may reserve together, such as 64Gi.")
  private String memory = "";

  @Option(
      names = "--instances",
      paramLabel = "N|none",
      description = "Most instances that may have a node.")
  private String instances = "";

  /// True when nothing is said.
  boolean isEmpty() {
    return cpu.isEmpty() && memory.isEmpty() && instances.isEmpty();
  }

  /// The present quota with the changes that were asked for.
  ///
  /// @throws FailureException with exit code 2
  Quota applyTo(Quota present) {
    Quota.Builder quota = present.toBuilder();
    try {
      switch (cpu) {
        case "" -> {}
        case NONE -> quota.clearCpuMillis();
        default -> quota.setCpuMillis(Quantity.parseCpuMillis(cpu));
      }
      switch (memory) {
        case "" -> {}
        case NONE -> quota.clearMemoryBytes();
        default -> quota.setMemoryBytes(Quantity.parseMemoryBytes(memory));
      }
    } catch (IllegalArgumentException e) {
      throw FailureException.usage(
          "quota: " + Printable.escape(String.valueOf(e.getMessage())) + ", or none");
    }
    switch (instances) {
      case "" -> {}
      case NONE -> quota.clearInstances();
      default -> quota.setInstances(count(instances));
    }
    List<Violation> violations = QuotaRules.validate("quota", quota.build());
    if (!violations.isEmpty()) {
      throw FailureException.usage(
          violations.stream().map(Violation::toString).collect(Collectors.joining("\n")));
    }
    return quota.build();
  }

  private static int count(String text) {
    if (!text.matches("[0-9]{1,9}")) {
      throw FailureException.usage(
          "--instances: value: " + Printable.quote(text) + " (expected: a whole number, or none)");
    }
    return Integer.parseInt(text);
  }
}
