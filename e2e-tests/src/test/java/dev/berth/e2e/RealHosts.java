package dev.berth.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.e2e.harness.Requirements;
import java.util.Optional;

/// Skips loudly where real hosts cannot be made.
final class RealHosts {
  private RealHosts() {}

  /// Skips the running test when root or a program is missing.
  static void required(String... moreTools) {
    Optional<String> missing = Requirements.missing(moreTools);
    missing.ifPresent(reason -> System.err.println("SKIPPED: " + reason));
    assumeTrue(missing.isEmpty(), () -> "skipped: " + missing.orElse(""));
  }
}
