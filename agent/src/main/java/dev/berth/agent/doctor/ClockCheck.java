package dev.berth.agent.doctor;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// Whether this host's clock agrees with the controller's, as far as the question's way allows.
final class ClockCheck implements Check {
  static final String NAME = "clock";

  // Certificates and logs bear this much; nothing that Berth decides depends on it.
  private static final Duration GOOD = Duration.ofSeconds(2);
  private static final Duration BAD = Duration.ofMinutes(1);
  private static final String SET = "chronyc makestep";

  @Override
  public List<Finding> of(Observations seen) {
    Duration skew = seen.clockLead().abs();
    String text =
        String.format(
            Locale.ROOT,
            "%.1f s %s the controller's clock",
            skew.toMillis() / 1000.0,
            seen.clockLead().isNegative() ? "behind" : "ahead of");
    if (skew.compareTo(GOOD) <= 0) {
      return List.of(Finding.ok(NAME, "at most 2 s from the controller's clock"));
    }
    return List.of(
        skew.compareTo(BAD) <= 0
            ? Finding.warning(NAME, text, SET)
            : Finding.problem(NAME, text + ": certificates seem too old or too new", SET));
  }
}
