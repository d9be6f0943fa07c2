package dev.berth.cli.run;

import dev.berth.cli.term.FailureException;
import dev.berth.spec.Printable;
import dev.berth.v1.RestartCondition;
import dev.berth.v1.RestartPolicy;

/// `--restart`: `no`, `always`, `unless-stopped`, `on-failure` or `on-failure:5`.
final class RestartArgument {
  private RestartArgument() {}

  static RestartPolicy parse(String text) {
    int colon = text.indexOf(':');
    String condition = colon < 0 ? text : text.substring(0, colon);
    RestartPolicy.Builder policy =
        RestartPolicy.newBuilder()
            .setCondition(
                switch (condition) {
                  case "no", "never" -> RestartCondition.RESTART_CONDITION_NEVER;
                  case "always", "unless-stopped" -> RestartCondition.RESTART_CONDITION_ALWAYS;
                  case "on-failure" -> RestartCondition.RESTART_CONDITION_ON_FAILURE;
                  default -> throw wrong(text);
                });
    if (colon >= 0) {
      String attempts = text.substring(colon + 1);
      boolean good =
          condition.equals("on-failure")
              && !attempts.isEmpty()
              && attempts.length() <= 4
              && attempts.chars().allMatch(c -> c >= '0' && c <= '9');
      if (!good) {
        throw wrong(text);
      }
      policy.setAttempts(Integer.parseInt(attempts));
    }
    return policy.build();
  }

  private static FailureException wrong(String text) {
    return FailureException.usage(
        "--restart: value: "
            + Printable.quote(text)
            + " (expected: no, always, unless-stopped, on-failure or on-failure:N)");
  }
}
