package dev.berth.cli.network;

import dev.berth.cli.term.FailureException;
import dev.berth.spec.ContainerNetworkRules;
import dev.berth.spec.Printable;
import dev.berth.v1.NetworkSubnet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Puts gateways and ranges to the subnets that hold them, as docker does.
final class Subnets {
  private final List<NetworkSubnet.Builder> subnets = new ArrayList<>();

  private Subnets() {}

  /// @throws FailureException with exit code 2 for what is no address, or in no subnet
  static List<NetworkSubnet> of(List<String> prefixes, List<String> gateways, List<String> ranges) {
    Subnets made = new Subnets();
    for (String prefix : prefixes) {
      require("--subnet", ContainerNetworkRules.prefixProblem(prefix));
      made.subnets.add(NetworkSubnet.newBuilder().setSubnet(prefix));
    }
    for (String gateway : gateways) {
      require("--gateway", ContainerNetworkRules.addressProblem(gateway));
      made.find("--gateway", gateway, each -> each.getGateway().isEmpty()).setGateway(gateway);
    }
    for (String range : ranges) {
      require("--ip-range", ContainerNetworkRules.prefixProblem(range));
      made.find("--ip-range", range, each -> each.getIpRange().isEmpty()).setIpRange(range);
    }
    return made.subnets.stream().map(NetworkSubnet.Builder::build).toList();
  }

  private NetworkSubnet.Builder find(
      String option, String address, Predicate<NetworkSubnet.Builder> free) {
    return subnets.stream()
        .filter(each -> ContainerNetworkRules.contains(each.getSubnet(), address))
        .filter(free)
        .findFirst()
        .orElseThrow(
            () ->
                FailureException.usage(
                    "%s: value: %s (expected: within a --subnet, one for each)"
                        .formatted(option, Printable.quote(address))));
  }

  private static void require(String option, @Nullable String problem) {
    if (problem != null) {
      throw FailureException.usage(option + ": " + problem);
    }
  }
}
