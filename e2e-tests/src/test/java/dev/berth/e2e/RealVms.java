package dev.berth.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.e2e.harness.Requirements;
import java.util.Optional;

/// Skips loudly where hosts with a libvirtd cannot be made.
final class RealVms {
  private RealVms() {}

  /// Skips the running test when root or a program is missing.
  static void required() {
    Optional<String> missing = Requirements.missingForVms();
    missing.ifPresent(reason -> System.err.println("SKIPPED: " + reason));
    assumeTrue(missing.isEmpty(), () -> "skipped: " + missing.orElse(""));
  }
}
