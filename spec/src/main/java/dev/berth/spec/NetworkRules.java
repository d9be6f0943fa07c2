package dev.berth.spec;

import dev.berth.v1.PortProtocol;
import dev.berth.v1.PortSpec;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The bounds of ports.
final class NetworkRules {
  private static final int PORTS_MAX = 64;
  private static final int PORT_MAX = 65_535;

  private NetworkRules() {}

  static void check(List<PortSpec> ports, Findings findings) {
    findings.count("ports", ports.size(), PORTS_MAX, "ports");
    Set<String> names = new HashSet<>();
    for (int i = 0; i < ports.size(); i++) {
      PortSpec port = ports.get(i);
      String path = "ports[" + i + "]";
      one(path, port, findings);
      if (!names.add(WorkloadDefaults.portName(port))) {
        String name = WorkloadDefaults.portName(port);
        findings.add(path + ".name", "value: \"" + name + "\" (expected: a name used once)");
      }
      for (PortSpec earlier : ports.subList(0, Math.min(i, PORTS_MAX))) {
        if (collide(earlier, port)) {
          findings.add(
              path + ".publish",
              "value: " + port.getPublish() + " (expected: a port of the node used once)");
          break;
        }
      }
    }
  }

  /// An IPv4 address in four parts or an IPv6 address, as digits; never a name to look up.
  static @Nullable String addressProblem(String address) {
    boolean good = address.length() <= 45 && !address.contains("%");
    good = good && (address.contains(":") || address.chars().filter(c -> c == '.').count() == 3);
    if (good) {
      try {
        var _ = InetAddress.ofLiteral(address);
        return null;
      } catch (IllegalArgumentException _) {
        // Said below, in our own words.
      }
    }
    return "value: " + Printable.quote(address) + " (expected: an IPv4 or IPv6 address)";
  }

  private static void one(String path, PortSpec port, Findings findings) {
    if (!port.getName().isEmpty()) {
      findings.check(path + ".name", Names.portProblem(port.getName()));
    }
    findings.range(path + ".target", port.getTarget(), 1, PORT_MAX);
    findings.range(path + ".publish", port.getPublish(), 0, PORT_MAX);
    if (port.getProtocol() == PortProtocol.UNRECOGNIZED) {
      findings.add(
          path + ".protocol", "value: " + port.getProtocolValue() + " (expected: tcp or udp)");
    }
    if (!port.getHostAddress().isEmpty()) {
      findings.check(path + ".host_address", addressProblem(port.getHostAddress()));
    }
  }

  private static boolean collide(PortSpec one, PortSpec other) {
    boolean samePort = one.getPublish() != 0 && one.getPublish() == other.getPublish();
    boolean udp = one.getProtocol() == PortProtocol.PORT_PROTOCOL_UDP;
    boolean otherUdp = other.getProtocol() == PortProtocol.PORT_PROTOCOL_UDP;
    boolean overlap =
        one.getHostAddress().isEmpty()
            || other.getHostAddress().isEmpty()
            || one.getHostAddress().equals(other.getHostAddress());
    return samePort && udp == otherUdp && overlap;
  }
}
