package dev.berth.agent.doctor;

import dev.berth.v1.FindingVerdict;
import dev.berth.v1.NodeFinding;

/// What one check found.
///
/// @param check its name
/// @param seen for people: what was seen, or why it was not looked at
/// @param mend what to do about it
record Finding(String check, Verdict verdict, String seen, Mend mend) {
  private static final int TEXT_MAX = 2000;

  static Finding ok(String check, String seen) {
    return new Finding(check, Verdict.OK, seen, new Mend.Nothing());
  }

  static Finding skipped(String check, String why) {
    return new Finding(check, Verdict.SKIPPED, why, new Mend.Nothing());
  }

  static Finding warning(String check, String seen, String command) {
    return new Finding(check, Verdict.WARNING, seen, new Mend.ByHand(command));
  }

  static Finding problem(String check, String seen, String command) {
    return new Finding(check, Verdict.PROBLEM, seen, new Mend.ByHand(command));
  }

  /// The same, which the agent can mend.
  Finding byAgent() {
    return new Finding(check, verdict, seen, new Mend.ByAgent(mend.command()));
  }

  boolean isFor(String name) {
    return check.equals(name);
  }

  NodeFinding message() {
    return NodeFinding.newBuilder()
        .setCheck(check)
        .setVerdict(
            switch (verdict) {
              case OK -> FindingVerdict.FINDING_VERDICT_OK;
              case WARNING -> FindingVerdict.FINDING_VERDICT_WARNING;
              case PROBLEM -> FindingVerdict.FINDING_VERDICT_PROBLEM;
              case SKIPPED -> FindingVerdict.FINDING_VERDICT_SKIPPED;
            })
        .setSeen(shortened(seen))
        .setMend(shortened(mend.command()))
        .setFixable(mend instanceof Mend.ByAgent)
        .build();
  }

  private static String shortened(String text) {
    return text.substring(0, Math.min(TEXT_MAX, text.length()));
  }
}
