package dev.berth.cli.up;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/// The ports of the cluster, all on the loopback address.
///
/// @param api the controller's API
/// @param join where agents join
/// @param etcd clients of etcd
/// @param etcdPeer peers of etcd; nobody but itself
/// @param controllerMetrics `/metrics` of the controller
/// @param agentMetrics `/metrics` of the agent
record Ports(int api, int join, int etcd, int etcdPeer, int controllerMetrics, int agentMetrics) {
  static final Ports DEFAULT = new Ports(7443, 7444, 7445, 7446, 9641, 9642);
  private static final int COUNT = 6;

  /// Six ports in a row.
  ///
  /// @throws StartFailure when they would not all be ports
  static Ports from(int base) throws StartFailure {
    if (base < 1 || base > 65536 - COUNT) {
      throw StartFailure.usage(
          "--port-base: value: " + base + " (expected: 1 to " + (65536 - COUNT) + ")");
    }
    return new Ports(base, base + 1, base + 2, base + 3, base + 4, base + 5);
  }

  /// Each port under what uses it.
  Map<String, Integer> byUse() {
    Map<String, Integer> ports = new LinkedHashMap<>();
    ports.put("api", api);
    ports.put("join", join);
    ports.put("etcd", etcd);
    ports.put("etcd-peer", etcdPeer);
    ports.put("controller-metrics", controllerMetrics);
    ports.put("agent-metrics", agentMetrics);
    return ports;
  }

  void store(Properties properties) {
    byUse().forEach((use, port) -> properties.setProperty("port." + use, port.toString()));
  }

  static Ports load(Properties properties) {
    return new Ports(
        port(properties, "api"),
        port(properties, "join"),
        port(properties, "etcd"),
        port(properties, "etcd-peer"),
        port(properties, "controller-metrics"),
        port(properties, "agent-metrics"));
  }

  private static int port(Properties properties, String use) {
    return Integer.parseInt(properties.getProperty("port." + use, "0"));
  }
}
