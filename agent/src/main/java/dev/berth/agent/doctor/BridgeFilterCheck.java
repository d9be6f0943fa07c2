package dev.berth.agent.doctor;

import dev.berth.agent.driver.MachineBridge;
import dev.berth.agent.forwarding.NetworkView;
import java.util.List;
import java.util.Optional;

/// Whether frames that only cross a bridge pass iptables too, as if they were forwarded.
final class BridgeFilterCheck implements Check {
  static final String NAME = "bridge-filter";

  @Override
  public List<Finding> of(Observations seen) {
    Optional<String> value = seen.kernel().bridgeFilter();
    if (value.isEmpty()) {
      return List.of(Finding.ok(NAME, "br_netfilter is not loaded: frames on bridges pass freely"));
    }
    if (value.get().equals("0")) {
      return List.of(
          Finding.ok(NAME, "bridge-nf-call-iptables is 0: frames on bridges pass freely"));
    }
    boolean closed = !seen.network().closed().isEmpty();
    boolean bridged =
        seen.network().bridges() instanceof NetworkView.Bridges.Known(List<MachineBridge> all)
            && !all.isEmpty();
    return List.of(
        closed
            ? Finding.warning(
                NAME,
                "bridge-nf-call-iptables is 1, so machines on one bridge do not even reach each"
                    + " other while packets are dropped",
                "sysctl -w net.bridge.bridge-nf-call-iptables=0")
            : Finding.ok(
                NAME,
                "bridge-nf-call-iptables is 1: frames on bridges pass iptables"
                    + (bridged ? ", which lets those of machines through" : "")));
  }
}
