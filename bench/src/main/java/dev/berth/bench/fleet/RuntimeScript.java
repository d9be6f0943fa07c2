package dev.berth.bench.fleet;

import java.time.Duration;

/// How programs behave on simulated nodes.
///
/// @param startDelay from the assignment until a program runs or has failed; zero: at once
/// @param failureShare which part of the starts fails for good, 0 to 1
/// @param crashAfter how long a program runs until it crashes and is started again; zero: it never
///     crashes
public record RuntimeScript(Duration startDelay, double failureShare, Duration crashAfter) {
  /// Everything runs at once and for good.
  public static final RuntimeScript PERFECT = new RuntimeScript(Duration.ZERO, 0, Duration.ZERO);

  /// Checks the bounds.
  public RuntimeScript {
    if (startDelay.isNegative() || crashAfter.isNegative()) {
      throw new IllegalArgumentException(
          "startDelay, crashAfter: values: %s, %s (expected: not negative)"
              .formatted(startDelay, crashAfter));
    }
    if (!(failureShare >= 0 && failureShare <= 1)) {
      throw new IllegalArgumentException(
          "failureShare: value: " + failureShare + " (expected: 0 to 1)");
    }
  }
}
