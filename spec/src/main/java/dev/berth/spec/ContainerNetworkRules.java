package dev.berth.spec;

import dev.berth.v1.NetworkSpec;
import dev.berth.v1.NetworkSubnet;
import dev.berth.v1.WorkloadSpec;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The bounds of networks of containers, and which of them a container may join.
public final class ContainerNetworkRules {
  /// The one without any address but the loopback's.
  public static final String NONE = "none";

  /// Runtimes have these without anyone having made them.
  public static final Set<String> BUILTIN = Set.of("bridge", "default", "host", NONE);

  private static final String HOST = "host";
  private static final int SUBNETS_MAX = 16;

  private ContainerNetworkRules() {}

  /// Everything that is wrong with a network that is to be made; paths are below it: `subnets[0]`.
  public static List<Violation> validate(NetworkSpec network) {
    Findings findings = new Findings();
    String name = network.getName();
    findings.check("name", Names.volumeProblem(name));
    if (BUILTIN.contains(name)) {
      findings.add("name", "value: \"" + name + "\" (expected: none of the runtime's own)");
    }
    RuntimeObjects.driver("driver", network.getDriver(), findings);
    RuntimeObjects.driver("ipam_driver", network.getIpamDriver(), findings);
    RuntimeObjects.pairs("options", network.getOptionsMap(), findings);
    RuntimeObjects.pairs("labels", network.getLabelsMap(), findings);
    findings.count("subnets", network.getSubnetsCount(), SUBNETS_MAX, "subnets");
    for (int i = 0; i < network.getSubnetsCount(); i++) {
      subnet("subnets[" + i + "]", network.getSubnets(i), findings);
    }
    return findings.asList();
  }

  private static void subnet(String path, NetworkSubnet subnet, Findings findings) {
    findings.check(path + ".subnet", prefixProblem(subnet.getSubnet()));
    if (!subnet.getGateway().isEmpty()) {
      findings.check(path + ".gateway", NetworkRules.addressProblem(subnet.getGateway()));
    }
    if (!subnet.getIpRange().isEmpty()) {
      findings.check(path + ".ip_range", prefixProblem(subnet.getIpRange()));
    }
  }

  /// Null when it is an address with the length of a prefix: "10.20.0.0/16".
  public static @Nullable String prefixProblem(String text) {
    int slash = text.indexOf('/');
    String length = text.substring(slash + 1);
    boolean good =
        slash > 0
            && NetworkRules.addressProblem(text.substring(0, slash)) == null
            && length.matches("[0-9]{1,3}")
            && Integer.parseInt(length) <= bits(text.substring(0, slash));
    return good
        ? null
        : "value: %s (expected: an address and a length, such as 10.20.0.0/16)"
            .formatted(Printable.quote(text));
  }

  /// Null when it is an IPv4 or IPv6 address.
  public static @Nullable String addressProblem(String text) {
    return NetworkRules.addressProblem(text);
  }

  /// Whether an address is in a subnet. Both have been checked.
  ///
  /// @param subnet "10.20.0.0/16"
  /// @param address "10.20.0.1", or a part of the subnet: "10.20.1.0/24"
  public static boolean contains(String subnet, String address) {
    int slash = subnet.indexOf('/');
    byte[] prefix = InetAddress.ofLiteral(subnet.substring(0, slash)).getAddress();
    byte[] inside = InetAddress.ofLiteral(address.replaceFirst("/.*", "")).getAddress();
    int bits = Integer.parseInt(subnet.substring(slash + 1));
    boolean same = prefix.length == inside.length;
    for (int i = 0; same && i < bits; i++) {
      int mask = 0x80 >> (i % 8);
      same = (prefix[i / 8] & mask) == (inside[i / 8] & mask);
    }
    return same;
  }

  private static int bits(String address) {
    return InetAddress.ofLiteral(address).getAddress().length * 8;
  }

  /// Null when a network that is there can have this name, whoever made it.
  public static @Nullable String lookupProblem(String name) {
    return RuntimeObjects.lookupProblem(name);
  }

  /// Null when containers may join it. The node's own network is given to nobody.
  static @Nullable String joinProblem(String network) {
    return network.equals(HOST)
        ? "value: \"host\" (expected: another one: the node's own network is not given; containers"
            + " publish ports)"
        : Names.volumeProblem(network);
  }

  /// Whether a workload's containers join a network that someone made.
  public static boolean isMade(String network) {
    return !network.isEmpty() && !BUILTIN.contains(network);
  }

  /// What a workload's containers join.
  static void joined(WorkloadSpec spec, Findings findings) {
    String network = spec.getContainer().getNetwork();
    if (network.isEmpty()) {
      return;
    }
    findings.check("container.network", joinProblem(network));
    if (network.equals(NONE) && spec.getPortsCount() > 0) {
      findings.add(
          "ports", "count: %d (expected: none without a network)".formatted(spec.getPortsCount()));
    }
  }
}
