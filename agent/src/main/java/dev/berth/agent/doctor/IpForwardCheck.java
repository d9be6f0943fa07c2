package dev.berth.agent.doctor;

import dev.berth.agent.driver.MachineBridge;
import dev.berth.agent.forwarding.NetworkView;
import java.util.List;
import java.util.Optional;

/// Whether the kernel forwards between networks, which containers need and machines on bridges may.
final class IpForwardCheck implements Check {
  static final String NAME = "ip-forward";

  /// What turns it on.
  static final List<String> COMMAND = List.of("sysctl", "-w", "net.ipv4.ip_forward=1");

  @Override
  public List<Finding> of(Observations seen) {
    Optional<String> value = seen.kernel().ipForward();
    if (value.isEmpty()) {
      return List.of(Finding.skipped(NAME, "/proc/sys/net/ipv4/ip_forward cannot be read"));
    }
    if (!value.get().equals("0")) {
      return List.of(Finding.ok(NAME, "ip_forward is " + value.get()));
    }
    boolean needed =
        seen.isAvailable(DockerCheck.NAME)
            || (seen.network().bridges()
                    instanceof NetworkView.Bridges.Known(List<MachineBridge> all)
                && !all.isEmpty());
    return List.of(
        needed
            ? Finding.problem(
                    NAME,
                    "ip_forward is 0: containers and machines reach nothing beyond this host",
                    String.join(" ", COMMAND))
                .byAgent()
            : Finding.ok(NAME, "ip_forward is 0, and nothing here needs it"));
  }
}
